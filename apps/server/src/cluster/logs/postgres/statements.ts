/** Tables of all clusters. `proto_head` says up to where the log of one goes, and up to where it was trimmed. */
export const TABLES = `
  CREATE TABLE IF NOT EXISTS proto_head (
    cluster text PRIMARY KEY,
    last bigint NOT NULL,
    trimmed bigint NOT NULL
  );
  CREATE TABLE IF NOT EXISTS proto_log (
    cluster text,
    position bigint,
    entry bytea NOT NULL,
    PRIMARY KEY (cluster, position)
  );
  CREATE TABLE IF NOT EXISTS proto_snapshots (
    cluster text,
    position bigint,
    state bytea NOT NULL,
    PRIMARY KEY (cluster, position)
  )`;

/** Tables that are missing. Asked first: who may not make tables may use those that are there. */
export const MISSING = `
  SELECT string_agg(name, ', ') AS missing
  FROM unnest(ARRAY['proto_head', 'proto_log', 'proto_snapshots']) AS name
  WHERE to_regclass(name) IS NULL`;

/** Tables that the user may not read, write and trim. */
export const FORBIDDEN = `
  SELECT string_agg(name, ', ') AS forbidden
  FROM unnest(ARRAY['proto_head', 'proto_log', 'proto_snapshots']) AS name,
    LATERAL (SELECT CASE name WHEN 'proto_head' THEN 'UPDATE' ELSE 'DELETE' END AS change) AS more
  WHERE NOT (has_table_privilege(name, 'SELECT') AND has_table_privilege(name, 'INSERT')
    AND has_table_privilege(name, change))`;

/** Cluster. Changes nothing of a log that is there, but shows whether it can be changed. */
export const BEGIN = `
  INSERT INTO proto_head VALUES ($1, 0, 0) ON CONFLICT (cluster) DO UPDATE SET last = proto_head.last`;

/**
 * Cluster, entry, channel. One statement, so a node that stops in the middle holds no lock. The lock of the row is held until it's
 * there for good, so nobody sees a later entry before an earlier one.
 */
export const APPEND = `
  WITH head AS (UPDATE proto_head SET last = last + 1 WHERE cluster = $1 RETURNING last),
    put AS (INSERT INTO proto_log SELECT $1, last, $2 FROM head RETURNING position)
  SELECT pg_notify($3, '') FROM put`;

/** Cluster. */
export const BOUNDS = 'SELECT trimmed, last FROM proto_head WHERE cluster = $1';

/** Cluster, first and last position. */
export const FETCH = `
  SELECT position, entry FROM proto_log
  WHERE cluster = $1 AND position BETWEEN $2 AND $3 ORDER BY position`;

/** Cluster, position. */
export const TRIM =
  'UPDATE proto_head SET trimmed = greatest(trimmed, least($2::bigint, last)) WHERE cluster = $1';

/** Cluster. */
export const TRIMMED = `
  DELETE FROM proto_log
  WHERE cluster = $1 AND position <= (SELECT trimmed FROM proto_head WHERE cluster = $1)`;

/** Cluster, position, state. */
export const SAVE = 'INSERT INTO proto_snapshots VALUES ($1, $2, $3) ON CONFLICT DO NOTHING';

/** Cluster. The last but one is kept: somebody may be reading it. */
export const FORGET = `
  DELETE FROM proto_snapshots
  WHERE cluster = $1 AND position <
    (SELECT min(position) FROM
      (SELECT position FROM proto_snapshots WHERE cluster = $1 ORDER BY position DESC LIMIT 2) AS kept)`;

/** Cluster. */
export const NEWEST =
  'SELECT position, state FROM proto_snapshots WHERE cluster = $1 ORDER BY position DESC LIMIT 1';
