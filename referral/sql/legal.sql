-- What is shared without agreement is recorded separately before it is sent: ground, reason, sender, addressee.
CREATE FUNCTION nrm.legal_stamped() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE o referral_orientation;
BEGIN
  SELECT * INTO STRICT o FROM referral_orientation WHERE id = NEW.orientation_id;
  IF o.state <> 'draft' OR o.consent_id IS NOT NULL OR o.legal_ground = '' THEN PERFORM nrm.wrong_state(); END IF;
  NEW.case_id := o.case_id;
  NEW.sender_id := o.sender_id;
  NEW.addressee_id := o.addressee_id;
  NEW.reference := o.reference;
  NEW.ground := o.legal_ground;
  IF NEW.opinion_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM victims_childopinion p
                                                WHERE p.id = NEW.opinion_id AND p.case_id = o.case_id) THEN
    RAISE EXCEPTION 'an opinion of another case' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_legal_stamped BEFORE INSERT ON referral_legalshare
FOR EACH ROW EXECUTE FUNCTION nrm.legal_stamped();

CREATE FUNCTION nrm.legal_reason_stamped() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  SELECT case_id INTO STRICT NEW.case_id FROM referral_legalshare WHERE orientation_id = NEW.share_id;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_legal_reason_stamped BEFORE INSERT ON referral_legalreason
FOR EACH ROW EXECUTE FUNCTION nrm.legal_reason_stamped();

-- At sending without agreement, the current ground must be recorded with its reason; article 40 (CPP) binds public
-- officials only.
CREATE FUNCTION nrm.legal_sent() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE o referral_orientation;
BEGIN
  SELECT * INTO STRICT o FROM referral_orientation WHERE id = NEW.orientation_id;
  IF o.consent_id IS NOT NULL THEN RETURN NULL; END IF;
  UPDATE referral_legalshare s SET sent_at = NEW.at WHERE s.orientation_id = o.id AND s.ground = o.legal_ground
    AND s.addressee_id = o.addressee_id AND EXISTS (SELECT 1 FROM referral_legalreason r WHERE r.share_id = o.id);
  IF NOT FOUND THEN
    RAISE EXCEPTION 'a share without agreement needs its ground and its reason in writing' USING ERRCODE = '23514';
  END IF;
  IF o.legal_ground = 'article_40' AND NOT nrm.entitled(o.sender_id, 'article_40') THEN
    RAISE EXCEPTION 'article 40 binds public officials' USING ERRCODE = '42501';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_legal_sent AFTER INSERT ON referral_orientationmove FOR EACH ROW
WHEN (NEW.action = 'send') EXECUTE FUNCTION nrm.legal_sent();
