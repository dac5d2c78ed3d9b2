-- Why a discovery run or a proposal failed, as documents and pages have it.

ALTER TABLE discovery_run ADD COLUMN failure_code text, ADD COLUMN failure_params jsonb;
ALTER TABLE proposal ADD COLUMN failure_code text, ADD COLUMN failure_params jsonb;

-- Until now the code stood where people give their reasons.
UPDATE proposal SET failure_code = reason, failure_params = '{}', reason = NULL
WHERE state = 'failed' AND reason IS NOT NULL;
