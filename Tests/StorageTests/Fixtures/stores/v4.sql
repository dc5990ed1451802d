PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE events (
    sequence INTEGER PRIMARY KEY,
    replay_key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    charge_point TEXT NOT NULL,
    connector INTEGER,
    transaction_id INTEGER,
    arrival_ms INTEGER NOT NULL,
    payload TEXT NOT NULL,
    reply TEXT NOT NULL
) STRICT;
INSERT INTO events VALUES(1,'start/CP''1/1/TAG/2026-01-01T11:04:05Z/0','start','CP''1',1,1804289383,1767265445678,'{"connectorId":1,"idTag":"TAG"}','{"transactionId":1804289383,"idTagInfo":{"status":"Accepted"}}');
INSERT INTO events VALUES(2,'meterValues/CP''1/1/-/00ff','meterValues','CP''1',1,NULL,1767265445678,'{"connectorId":1,"meterValue":[]}','{}');
INSERT INTO events VALUES(3,'stop/CP''1/1804289383','stop','CP''1',NULL,1804289383,1767265445683,'{"transactionId":1804289383,"meterStop":21400}','{}');
CREATE TABLE sessions (
    number INTEGER PRIMARY KEY,
    charge_point TEXT NOT NULL,
    is_ended INTEGER NOT NULL,
    end_sequence INTEGER UNIQUE,
    state TEXT NOT NULL
) STRICT;
INSERT INTO sessions VALUES(1,'CP''1',1,1,'{"energy":"21.4"}');
INSERT INTO sessions VALUES(2,'CP''1',0,NULL,'{}');
CREATE TABLE charge_points (
    id TEXT PRIMARY KEY NOT NULL,
    vendor TEXT,
    model TEXT,
    serial_number TEXT,
    firmware_version TEXT,
    registration TEXT NOT NULL,
    last_boot_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO charge_points VALUES('CP''1','Ü','M',NULL,'1.0','Accepted',1767265445678);
CREATE TABLE connectors (
    charge_point TEXT NOT NULL,
    connector INTEGER NOT NULL,
    status TEXT NOT NULL,
    error_code TEXT NOT NULL,
    since_ms INTEGER NOT NULL,
    PRIMARY KEY (charge_point, connector)
) STRICT, WITHOUT ROWID;
INSERT INTO connectors VALUES('CP''1',1,'Available','NoError',1767265445678);
CREATE TABLE meta (
    name TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES('created','2026-11-25T02:43:24.663Z');
INSERT INTO meta VALUES('store','1200ac39');
CREATE TABLE tags (
    key TEXT PRIMARY KEY NOT NULL,
    id_tag TEXT NOT NULL,
    status TEXT NOT NULL,
    parent_id_tag TEXT,
    expiry_ms INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO tags VALUES('tag''1','Tag''1','Blocked','FLEET',1767265445678);
CREATE TABLE local_lists (
    charge_point TEXT PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL,
    is_known INTEGER NOT NULL,
    time_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO local_lists VALUES('CP''1',7,1,1767265445678);
CREATE TABLE local_list_tags (
    charge_point TEXT NOT NULL,
    key TEXT NOT NULL,
    id_tag TEXT NOT NULL,
    status TEXT NOT NULL,
    parent_id_tag TEXT,
    expiry_ms INTEGER,
    PRIMARY KEY (charge_point, key)
) STRICT, WITHOUT ROWID;
INSERT INTO local_list_tags VALUES('CP''1','tag''1','Tag''1','Blocked','FLEET',1767265445678);
CREATE TABLE reservations (
    charge_point TEXT NOT NULL,
    reservation INTEGER NOT NULL,
    connector INTEGER NOT NULL,
    id_tag TEXT NOT NULL,
    parent_id_tag TEXT,
    expiry_ms INTEGER NOT NULL,
    PRIMARY KEY (charge_point, reservation)
) STRICT, WITHOUT ROWID;
INSERT INTO reservations VALUES('CP''1',3,0,'Tag''1',NULL,1767265445678);
CREATE TABLE links (
    charge_point TEXT PRIMARY KEY NOT NULL,
    peer TEXT NOT NULL,
    connected_ms INTEGER NOT NULL,
    disconnected_ms INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO links VALUES('CP''1','192.0.2.1',1767265445678,NULL);
CREATE TABLE progress (
    charge_point TEXT NOT NULL,
    task TEXT NOT NULL,
    status TEXT NOT NULL,
    request INTEGER,
    since_ms INTEGER NOT NULL,
    PRIMARY KEY (charge_point, task)
) STRICT, WITHOUT ROWID;
INSERT INTO progress VALUES('CP''1','firmware','Installing',NULL,1767265445678);
CREATE TABLE frame_blocks (
    id INTEGER PRIMARY KEY,
    last_arrival_ms INTEGER NOT NULL,
    frames BLOB NOT NULL
) STRICT;
INSERT INTO frame_blocks VALUES(1,1767265445679,X'63702d746f2d63736d73203137363732363534343536373820342038330a435027315b322c223139323233323031222c22426f6f744e6f74696669636174696f6e222c7b22636861726765506f696e7456656e646f72223a22c39c222c22636861726765506f696e744d6f64656c223a224d227d5d63736d732d746f2d63702031373637323635343435363739203420330a4350273100ff27');
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    charge_point TEXT NOT NULL,
    payload TEXT NOT NULL,
    sent_ms INTEGER
) STRICT;
INSERT INTO outbox VALUES(1,'CP''1','{"c1_status":"Ü","timestamp":1767265445678}',NULL);
INSERT INTO outbox VALUES(2,'CP''1','{}',1767265445678);
CREATE TABLE commands (
    id INTEGER PRIMARY KEY,
    charge_point TEXT NOT NULL,
    action TEXT NOT NULL,
    message_id TEXT NOT NULL,
    text TEXT NOT NULL,
    time_ms INTEGER NOT NULL,
    outcome TEXT,
    status TEXT,
    reply TEXT,
    message TEXT,
    ended_ms INTEGER
) STRICT;
INSERT INTO commands VALUES(1,'CP''1','Reset','m''1','[2,"m''1","Reset",{"type":"Soft"}]',1767265445678,NULL,NULL,NULL,NULL,NULL);
INSERT INTO commands VALUES(2,'CP''1','ClearCache','m2','[2,"m2","ClearCache",{}]',1767265445678,'accepted','Accepted','{"status":"Accepted"}',NULL,1767265445678);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('outbox',2);
CREATE UNIQUE INDEX event_start_transaction_id ON events (transaction_id) WHERE kind = 'start';
CREATE INDEX session_charge_point ON sessions (charge_point, number);
CREATE INDEX session_open ON sessions (number) WHERE is_ended = 0;
CREATE INDEX frame_block_arrival ON frame_blocks (last_arrival_ms);
CREATE INDEX outbox_unsent ON outbox (charge_point, id) WHERE sent_ms IS NULL;
CREATE INDEX outbox_sent ON outbox (sent_ms) WHERE sent_ms NOT NULL;
CREATE INDEX command_open ON commands (id) WHERE outcome IS NULL;
CREATE INDEX command_ended ON commands (ended_ms) WHERE ended_ms NOT NULL;
COMMIT;
PRAGMA application_id = 1329811536; PRAGMA user_version = 4;
