-- trino
CREATE TABLE typed (b boolean, i integer, l bigint, f real, d double, p decimal(38, 4), da date, ts timestamp(6), s varchar, bin varbinary, a array(integer), m map(varchar, bigint), r row(x integer, y row(z varchar)), ar array(row(k varchar, v double)))
-- athena
CREATE TABLE typed (b boolean, i int, l bigint, f float, d double, p decimal(38, 4), da date, ts timestamp, s string, bin binary, a array<int>, m map<string, bigint>, r struct<x: int, y: struct<z: string>>, ar array<struct<k: string, v: double>>) LOCATION 's3://{bucket}/typed/' TBLPROPERTIES ('table_type' = 'ICEBERG');
INSERT INTO typed VALUES (true, 2147483647, 9223372036854775807, REAL '1.5', 1e300, DECIMAL '1234567890123456789012345678901234.5678', DATE '0001-01-01', TIMESTAMP '9999-12-31 23:59:59.999999', 'Grüße', X'00ff10', ARRAY[1, NULL], MAP(ARRAY['a', 'b'], ARRAY[1, NULL]), ROW(1, ROW('deep')), ARRAY[ROW('k', 0.5e0), NULL]);
INSERT INTO typed (i) VALUES (NULL);
INSERT INTO typed VALUES (false, -2147483648, -9223372036854775807, REAL '-0.0', nan(), DECIMAL '-0.0001', DATE '2020-02-29', TIMESTAMP '1969-12-31 23:59:59.000001', '', X'', ARRAY[], MAP(), ROW(NULL, NULL), ARRAY[ROW(NULL, infinity())]);
SELECT * FROM typed ORDER BY i;
SELECT typeof(b), typeof(i), typeof(l), typeof(f), typeof(d), typeof(p), typeof(da), typeof(ts), typeof(s), typeof(bin), typeof(a), typeof(m), typeof(r), typeof(ar) FROM typed LIMIT 1;
SELECT r.y.z, ar[1].k, element_at(m, 'a'), cardinality(a) FROM typed ORDER BY i;
SELECT count(*) FROM typed WHERE is_nan(d);
SELECT i FROM typed WHERE ts < TIMESTAMP '1970-01-01 00:00:00';
SELECT i FROM typed WHERE da = DATE '0001-01-01';
SELECT i FROM typed WHERE p < 0;
SELECT i FROM typed WHERE p = DECIMAL '1234567890123456789012345678901234.5678';
SELECT i FROM typed WHERE p > DECIMAL '1234567890123456789012345678901234.5677';
SELECT i FROM typed WHERE d > 0 ORDER BY i;
SELECT i FROM typed WHERE bin = X'00ff10';
SELECT i FROM typed WHERE s = '';
SELECT i FROM typed WHERE r.x = 1;
SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'conformance' AND table_name = 'typed' ORDER BY ordinal_position;
CREATE TABLE made_1 WITH ({iceberg}) AS SELECT CAST(1 AS tinyint) AS t;
CREATE TABLE made_2 WITH ({iceberg}) AS SELECT CAST('a' AS char(3)) AS c;
CREATE TABLE made_3 WITH ({iceberg}) AS SELECT TIME '12:34:56.123456' AS t, TIMESTAMP '2020-01-01 00:00:00.000001 UTC' AS z, 'x' AS s;
SELECT * FROM made_3;
SELECT typeof(t), typeof(z) FROM made_3;
CREATE TABLE made_4 WITH ({iceberg}) AS SELECT TIMESTAMP '2020-01-01 00:00:00.123' AS ts;
SELECT ts, typeof(ts) FROM made_4;
CREATE TABLE made_5 WITH ({iceberg}) AS SELECT NULL AS n;
CREATE TABLE made_6 WITH ({iceberg}) AS SELECT JSON '1' AS j;
CREATE TABLE made_7 WITH ({iceberg}) AS SELECT INTERVAL '1' DAY AS i;
CREATE TABLE made_8 WITH ({iceberg}) AS SELECT UUID '12151fd2-7586-11e9-8f9e-2a86e4085a59' AS u;
SELECT u, typeof(u) FROM made_8;
CREATE TABLE made_9 WITH ({iceberg}) AS SELECT CAST('abc' AS varchar(3)) AS v, CAST(7 AS smallint) + 100000 AS w;
SELECT typeof(v), typeof(w) FROM made_9;
CREATE TABLE made_10 WITH ({iceberg}) AS SELECT ROW(1, 'a') AS r;
CREATE TABLE made_11 WITH ({iceberg}) AS SELECT 1;
CREATE TABLE made_12 WITH ({iceberg}) AS SELECT 1 AS a, 2 AS a;
CREATE TABLE made_13 (x, y) WITH ({iceberg}) AS SELECT 1, 'b';
CREATE TABLE made_14 WITH ({iceberg}) AS SELECT * FROM typed WHERE i IS NOT NULL;
SELECT * FROM made_14 ORDER BY i;
CREATE TABLE made_3 WITH ({iceberg}) AS SELECT 1 AS a;
CREATE TABLE IF NOT EXISTS made_3 WITH ({iceberg}) AS SELECT 1 AS a;
CREATE TABLE made_15 WITH ({iceberg}) AS SELECT 1 AS a WITH NO DATA;
SELECT count(*) FROM made_15;
CREATE TABLE made_16 WITH ({iceberg}) AS SELECT ARRAY[TIME '01:02:03.5'] AS ts, MAP(ARRAY[DATE '2020-01-01'], ARRAY[DECIMAL '1.50']) AS m;
CREATE TABLE made_17 WITH ({iceberg}) AS SELECT CAST(ROW(1, TIMESTAMP '2020-01-01 00:00:00.000000') AS ROW(a bigint, t timestamp(6))) AS r;
SELECT r, r.t FROM made_17
