-- trino
CREATE TABLE parted (id bigint, name varchar, price decimal(9, 2), bin varbinary, da date, ts timestamp(6)) WITH (partitioning = ARRAY['name', 'bucket(id, 3)', 'month(da)', 'hour(ts)'])
-- athena
CREATE TABLE parted (id bigint, name string, price decimal(9, 2), bin binary, da date, ts timestamp) PARTITIONED BY (name, bucket(3, id), month(da), hour(ts)) LOCATION 's3://{bucket}/parted/' TBLPROPERTIES ('table_type' = 'ICEBERG');
INSERT INTO parted VALUES (1, 'a', DECIMAL '1.10', X'01', DATE '1969-12-31', TIMESTAMP '1969-12-31 23:00:00.5'), (2, 'b/c=d', DECIMAL '2.20', X'02', DATE '2020-02-29', TIMESTAMP '2020-02-29 10:59:59.999999'), (3, NULL, NULL, NULL, NULL, NULL), (4, 'a', DECIMAL '1.10', X'01', DATE '1969-12-31', TIMESTAMP '1969-12-31 23:00:00.5');
SELECT partition.name, partition.id_bucket, partition.da_month, partition.ts_hour, record_count, file_count FROM "parted$partitions" ORDER BY 1, 2, 3, 4;
SELECT "partition", record_count FROM "parted$partitions" ORDER BY record_count, partition.id_bucket, partition.name;
SELECT typeof("partition") FROM "parted$partitions" LIMIT 1;
SELECT id FROM parted WHERE name = 'b/c=d';
SELECT id FROM parted WHERE name IS NULL;
SELECT id FROM parted WHERE ts < TIMESTAMP '1970-01-01 00:00:00' ORDER BY id;
SELECT id FROM parted WHERE da BETWEEN DATE '2020-02-01' AND DATE '2020-02-29';
UPDATE parted SET name = 'moved' WHERE id = 4;
SELECT name, count(*) FROM parted GROUP BY 1 ORDER BY 1;
DELETE FROM parted WHERE name = 'a';
SELECT id, name FROM parted ORDER BY id;
-- trino
CREATE TABLE cut (s varchar, i integer, l bigint, p decimal(9, 2), bin varbinary) WITH (partitioning = ARRAY['truncate(s, 2)', 'truncate(i, 10)', 'truncate(l, 100)', 'truncate(p, 50)', 'truncate(bin, 1)'])
-- athena
CREATE TABLE cut (s string, i int, l bigint, p decimal(9, 2), bin binary) PARTITIONED BY (truncate(2, s), truncate(10, i), truncate(100, l), truncate(50, p), truncate(1, bin)) LOCATION 's3://{bucket}/cut/' TBLPROPERTIES ('table_type' = 'ICEBERG');
INSERT INTO cut VALUES ('abc', -1, -101, DECIMAL '-0.01', X'0102'), ('ab', 11, 250, DECIMAL '10.65', X'01'), ('ü€𝄞', 0, 0, 0, X''), (NULL, NULL, NULL, NULL, NULL);
SELECT partition.s_trunc, partition.i_trunc, partition.l_trunc, partition.p_trunc, partition.bin_trunc, record_count FROM "cut$partitions" ORDER BY 1, 2;
SELECT s, i FROM cut WHERE s LIKE 'ab%' AND i < 0;
-- trino
CREATE TABLE buckets (s varchar, i integer, l bigint, p decimal(9, 2), bin varbinary, da date, ts timestamp(6)) WITH (partitioning = ARRAY['bucket(s, 16)', 'bucket(i, 16)', 'bucket(l, 16)', 'bucket(p, 16)', 'bucket(bin, 16)', 'bucket(da, 16)', 'bucket(ts, 16)'])
-- athena
CREATE TABLE buckets (s string, i int, l bigint, p decimal(9, 2), bin binary, da date, ts timestamp) PARTITIONED BY (bucket(16, s), bucket(16, i), bucket(16, l), bucket(16, p), bucket(16, bin), bucket(16, da), bucket(16, ts)) LOCATION 's3://{bucket}/buckets/' TBLPROPERTIES ('table_type' = 'ICEBERG');
INSERT INTO buckets VALUES ('iceberg', 34, 34, DECIMAL '14.20', X'00010203', DATE '2017-11-16', TIMESTAMP '2017-11-16 22:31:08.000001'), ('', -1, -1, DECIMAL '-14.20', X'', DATE '1969-12-31', TIMESTAMP '1969-12-31 23:59:59.999999'), (NULL, NULL, NULL, NULL, NULL, NULL, NULL);
SELECT partition.s_bucket, partition.i_bucket, partition.l_bucket, partition.p_bucket, partition.bin_bucket, partition.da_bucket, partition.ts_bucket FROM "buckets$partitions" ORDER BY 1;
SELECT i FROM buckets WHERE s = 'iceberg' AND l = 34 AND p = DECIMAL '14.20' AND ts = TIMESTAMP '2017-11-16 22:31:08.000001';
-- trino
CREATE TABLE bools (b boolean, f real, d double, s varchar) WITH (partitioning = ARRAY['b', 'f', 'd', 's'])
-- athena
CREATE TABLE bools (b boolean, f float, d double, s string) PARTITIONED BY (b, f, d, s) LOCATION 's3://{bucket}/bools/' TBLPROPERTIES ('table_type' = 'ICEBERG');
INSERT INTO bools VALUES (true, REAL '1.5', 0.1e0, 'x y'), (false, REAL '-0.0', nan(), 'n'), (NULL, NULL, -1e300, NULL);
SELECT b, f, d, s FROM bools ORDER BY s, d;
SELECT s FROM bools WHERE is_nan(d);
SELECT s FROM bools WHERE b AND f > 1;
SELECT s FROM bools WHERE d = 0.1e0;
SELECT s FROM bools WHERE d < 0;
SELECT s FROM bools WHERE f = REAL '0.0';
SELECT "partition" FROM "bools$partitions" ORDER BY partition.s;
CREATE TABLE by_many WITH ({iceberg}, partitioning = ARRAY['k']) AS SELECT n AS k FROM UNNEST(sequence(1, 101)) AS t(n);
CREATE TABLE by_some WITH ({iceberg}, partitioning = ARRAY['day(d)', 'truncate(s, 1)']) AS SELECT DATE '2020-01-01' + n * INTERVAL '1' DAY AS d, CAST(n AS varchar) AS s FROM UNNEST(sequence(1, 12)) AS t(n);
SELECT count(*), min(partition.d_day), max(partition.s_trunc) FROM "by_some$partitions";
CREATE TABLE by_none WITH ({iceberg}, partitioning = ARRAY['year(s)']) AS SELECT 'x' AS s;
CREATE TABLE by_none WITH ({iceberg}, partitioning = ARRAY['nope']) AS SELECT 'x' AS s;
CREATE TABLE by_none WITH ({iceberg}, partitioning = ARRAY['bucket(s)']) AS SELECT 'x' AS s;
CREATE TABLE by_none WITH ({iceberg}, partitioning = ARRAY['hour(s)']) AS SELECT DATE '2020-01-01' AS s;
CREATE TABLE by_none WITH ({iceberg}, partitioning = ARRAY['bucket(s, 4)']) AS SELECT 0.5e0 AS s;
CREATE TABLE by_none WITH ({iceberg}, partitioning = ARRAY['s', 's']) AS SELECT 'x' AS s;
CREATE TABLE by_none WITH ({iceberg}, partitioning = ARRAY['s', 'bucket(s, 4)']) AS SELECT 'x' AS s;
CREATE TABLE by_two WITH ({iceberg}, partitioning = ARRAY['year(t)', 'day(t)']) AS SELECT TIMESTAMP '2020-01-01 00:00:00.000000' AS t;
CREATE TABLE by_row WITH ({iceberg}, partitioning = ARRAY['"r.x"']) AS SELECT CAST(ROW(1) AS ROW(x integer)) AS r;
CREATE TABLE by_array WITH ({iceberg}, partitioning = ARRAY['a']) AS SELECT ARRAY[1] AS a
