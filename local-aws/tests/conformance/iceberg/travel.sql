-- trino
CREATE TABLE then_and_now (id integer, v varchar)
-- athena
CREATE TABLE then_and_now (id int, v string) LOCATION 's3://{bucket}/then_and_now/' TBLPROPERTIES ('table_type' = 'ICEBERG');
INSERT INTO then_and_now VALUES (1, 'one');
-- keep first
SELECT snapshot_id FROM "then_and_now$snapshots" ORDER BY committed_at DESC LIMIT 1;
-- keep first_time
SELECT CAST(max(committed_at) AS varchar) FROM "then_and_now$snapshots";
UPDATE then_and_now SET v = 'uno';
-- keep second
SELECT snapshot_id FROM "then_and_now$snapshots" ORDER BY committed_at DESC LIMIT 1;
INSERT INTO then_and_now VALUES (2, 'two');
-- trino
ALTER TABLE then_and_now ADD COLUMN extra integer
-- athena
ALTER TABLE then_and_now ADD COLUMNS (extra int);
DELETE FROM then_and_now WHERE id = 1;
SELECT * FROM then_and_now;
SELECT * FROM then_and_now FOR VERSION AS OF {first};
SELECT v FROM then_and_now FOR VERSION AS OF {second};
SELECT v FROM then_and_now FOR TIMESTAMP AS OF TIMESTAMP '{first_time}';
SELECT a.v, b.v FROM then_and_now FOR VERSION AS OF {first} AS a JOIN then_and_now FOR VERSION AS OF {second} b ON a.id = b.id;
SELECT count(*) FROM then_and_now FOR TIMESTAMP AS OF current_timestamp - INTERVAL '100' DAY;
SELECT count(*) FROM then_and_now FOR TIMESTAMP AS OF now() + INTERVAL '1' DAY;
SELECT count(*) FROM then_and_now FOR TIMESTAMP AS OF DATE '2000-01-01';
SELECT count(*) FROM then_and_now FOR TIMESTAMP AS OF TIMESTAMP '2000-01-01 00:00:00';
SELECT count(*) FROM then_and_now FOR TIMESTAMP AS OF '2000-01-01';
SELECT count(*) FROM then_and_now FOR TIMESTAMP AS OF NULL;
SELECT count(*) FROM then_and_now FOR VERSION AS OF 1;
SELECT count(*) FROM then_and_now FOR VERSION AS OF BIGINT '1';
SELECT count(*) FROM then_and_now FOR VERSION AS OF 12345678901;
SELECT count(*) FROM then_and_now FOR VERSION AS OF 'main';
SELECT count(*) FROM then_and_now FOR VERSION AS OF 'nope';
SELECT count(*) FROM then_and_now FOR VERSION AS OF NULL;
SELECT count(*) FROM then_and_now FOR VERSION AS OF DECIMAL '1.5';
SELECT count(*) FROM then_and_now FOR VERSION AS OF true;
SELECT count(*) FROM then_and_now FOR VERSION AS OF (SELECT 1);
SELECT extra FROM then_and_now FOR VERSION AS OF {first};
WITH w AS (SELECT * FROM then_and_now FOR VERSION AS OF {first}) SELECT count(*), max(v) FROM w;
SELECT count(*) FROM (SELECT * FROM then_and_now FOR VERSION AS OF {first} EXCEPT SELECT * FROM then_and_now FOR VERSION AS OF {second});
INSERT INTO then_and_now SELECT id, v, 7 FROM then_and_now FOR VERSION AS OF {first};
SELECT * FROM then_and_now ORDER BY id;
CREATE VIEW of_then AS SELECT * FROM then_and_now FOR VERSION AS OF {first};
SELECT * FROM of_then;
SELECT * FROM of_then FOR VERSION AS OF {first};
CREATE TABLE from_then WITH ({iceberg}) AS SELECT * FROM then_and_now FOR VERSION AS OF {second};
SELECT * FROM from_then;
SELECT "$path" LIKE '%parquet' FROM then_and_now FOR VERSION AS OF {first};
SELECT operation FROM "then_and_now$snapshots" WHERE summary['total-records'] <> '0' ORDER BY committed_at;
MERGE INTO then_and_now t USING (SELECT * FROM then_and_now FOR VERSION AS OF {first}) s ON t.id = s.id WHEN MATCHED THEN UPDATE SET v = s.v || '!';
SELECT * FROM then_and_now ORDER BY id;
DELETE FROM then_and_now FOR VERSION AS OF {first} WHERE id = 1
