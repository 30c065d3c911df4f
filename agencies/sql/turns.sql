-- A turn keeps two workers off the same due work until the transaction of the one that took it ends, however it ends. It
-- is a row that another transaction waits for, and that nobody ever sees: whoever has the password of the application
-- may take any advisory lock, and no row here.
CREATE UNLOGGED TABLE IF NOT EXISTS nrm.turn (name text PRIMARY KEY);

-- Hold a turn until the transaction ends. For the two below, and for the owner.
CREATE FUNCTION nrm.hold_turn(wanted text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO nrm.turn VALUES (wanted);
  DELETE FROM nrm.turn WHERE name = wanted;
END $$;

-- Take a turn; return false while another transaction has it. For the worker.
CREATE FUNCTION nrm.take_turn(wanted text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '1ms' AS $$
BEGIN
  PERFORM nrm.signed_context(), nrm.membership();
  PERFORM nrm.hold_turn(wanted);
  RETURN true;
EXCEPTION WHEN lock_not_available THEN
  RETURN false;
END $$;

-- Take a turn once the transaction that has it ended. For the worker.
CREATE FUNCTION nrm.await_turn(wanted text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM nrm.signed_context(), nrm.membership();
  PERFORM nrm.hold_turn(wanted);
END $$;
