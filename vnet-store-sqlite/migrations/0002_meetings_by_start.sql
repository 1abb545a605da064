-- A third order of a host's list: by start. What is not over is found by end and sorted by age or by
-- start on the spot, so the index of ends says when each begins.

CREATE INDEX meetings_host_start ON meetings (host_id, start_at, id, over_at);
DROP INDEX meetings_host_over;
DROP INDEX meetings_over;
CREATE INDEX meetings_host_over ON meetings (host_id, over_at, start_at);
CREATE INDEX meetings_over ON meetings (over_at, start_at);
