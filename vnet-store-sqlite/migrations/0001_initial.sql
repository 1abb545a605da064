-- Times are microseconds since 1970-01-01 00:00 UTC, ids and hashes are blobs. `id` numbers rows in
-- the order they came and is what the places in lists are made of; no number is ever used twice.

CREATE TABLE users (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid           BLOB    NOT NULL CHECK (length(uuid) = 16),
    username       TEXT    NOT NULL,
    email          TEXT    NOT NULL,
    first_name     TEXT    NOT NULL,
    last_name      TEXT    NOT NULL,
    meeting_name   TEXT    NOT NULL,
    avatar_uuid    BLOB             CHECK (length(avatar_uuid) = 16),
    is_staff       INTEGER NOT NULL CHECK (is_staff IN (0, 1)),
    is_active      INTEGER NOT NULL CHECK (is_active IN (0, 1)),
    date_joined    INTEGER NOT NULL,
    last_login     INTEGER,
    sessions_epoch INTEGER NOT NULL,
    revision       INTEGER NOT NULL,
    password_hash  TEXT    NOT NULL,
    username_key   TEXT    NOT NULL,
    email_key      TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX users_uuid ON users (uuid);
CREATE UNIQUE INDEX users_username_key ON users (username_key);
CREATE UNIQUE INDEX users_email_key ON users (email_key);

CREATE TABLE avatars (
    id      INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    uuid    BLOB    NOT NULL CHECK (length(uuid) = 16),
    mime    TEXT    NOT NULL,
    bytes   BLOB    NOT NULL
) STRICT;
CREATE UNIQUE INDEX avatars_uuid ON avatars (uuid);
CREATE UNIQUE INDEX avatars_user ON avatars (user_id);

-- Clustered by the hash: the lookup of every request reads one tree, not an index and a table.
CREATE TABLE sessions (
    hash         BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    user_id      INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    uuid         BLOB    NOT NULL CHECK (length(uuid) = 16),
    created_at   INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    user_agent   TEXT    NOT NULL,
    address      TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX sessions_uuid ON sessions (uuid);
CREATE INDEX sessions_user ON sessions (user_id, expires_at);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE identities (
    user_id          INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    identity         TEXT    NOT NULL,
    token            TEXT,
    token_expires_at INTEGER,
    CHECK ((token IS NULL) = (token_expires_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX identities_identity ON identities (identity);

CREATE TABLE pending_deletions (
    id         INTEGER PRIMARY KEY,
    identity   TEXT    NOT NULL,
    attempts   INTEGER NOT NULL,
    not_before INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX pending_deletions_identity ON pending_deletions (identity);
CREATE INDEX pending_deletions_due ON pending_deletions (not_before, identity);

CREATE TABLE meetings (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    code       TEXT    NOT NULL,
    group_uuid BLOB    NOT NULL CHECK (length(group_uuid) = 16),
    host_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    title      TEXT    NOT NULL,
    start_at   INTEGER NOT NULL,
    end_at     INTEGER,
    created_at INTEGER NOT NULL,
    revision   INTEGER NOT NULL,
    notes      TEXT    NOT NULL,
    -- Without an end: twelve hours after the start.
    over_at    INTEGER NOT NULL GENERATED ALWAYS AS (coalesce(end_at, start_at + 43200000000)) VIRTUAL
) STRICT;
CREATE UNIQUE INDEX meetings_code ON meetings (code);
CREATE UNIQUE INDEX meetings_group ON meetings (group_uuid);
-- Two orders of each list: by age, to page through it, and by end, to find the few that are not over.
CREATE INDEX meetings_host_age ON meetings (host_id, id, over_at);
CREATE INDEX meetings_host_over ON meetings (host_id, over_at);
CREATE INDEX meetings_over ON meetings (over_at);

CREATE TABLE articles (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    title      TEXT    NOT NULL,
    updated_at INTEGER NOT NULL,
    revision   INTEGER NOT NULL,
    content    TEXT    NOT NULL
) STRICT;

CREATE TABLE article_tags (
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    position   INTEGER NOT NULL,
    tag        TEXT    NOT NULL,
    PRIMARY KEY (article_id, position)
) STRICT, WITHOUT ROWID;

-- What happens once in the life of the store, and when it did.
CREATE TABLE milestones (
    name       TEXT    NOT NULL PRIMARY KEY,
    reached_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
