CREATE TRIGGER nrm_references_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON indicators_code
FOR EACH STATEMENT EXECUTE FUNCTION nrm.references_changed();
CREATE TRIGGER nrm_references_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON indicators_packfile
FOR EACH STATEMENT EXECUTE FUNCTION nrm.references_changed();
