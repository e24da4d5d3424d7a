-- trino
CREATE TABLE evolving (id integer, f real, p decimal(5, 2), gone varchar, s varchar)
-- athena
CREATE TABLE evolving (id int, f float, p decimal(5, 2), gone string, s string) LOCATION 's3://{bucket}/evolving/' TBLPROPERTIES ('table_type' = 'ICEBERG');
INSERT INTO evolving VALUES (1, REAL '0.1', DECIMAL '1.25', 'old', 'x');
-- trino
ALTER TABLE evolving ALTER COLUMN id SET DATA TYPE bigint
-- athena
ALTER TABLE evolving CHANGE COLUMN id id bigint;
-- trino
ALTER TABLE evolving ALTER COLUMN f SET DATA TYPE double
-- athena
ALTER TABLE evolving CHANGE COLUMN f f double;
-- trino
ALTER TABLE evolving ALTER COLUMN p SET DATA TYPE decimal(12, 2)
-- athena
ALTER TABLE evolving CHANGE COLUMN p p decimal(12, 2);
-- trino
ALTER TABLE evolving DROP COLUMN gone
-- athena
ALTER TABLE evolving DROP COLUMN gone;
-- trino
ALTER TABLE evolving ADD COLUMN gone varchar
-- athena
ALTER TABLE evolving ADD COLUMNS (gone string);
-- trino
ALTER TABLE evolving RENAME COLUMN s TO t
-- athena
ALTER TABLE evolving CHANGE COLUMN s t string;
SELECT * FROM evolving;
SELECT typeof(id), typeof(f), typeof(p), typeof(gone), typeof(t) FROM evolving;
INSERT INTO evolving (id, f, p, gone, t) VALUES (3000000000, 0.1e0, DECIMAL '1234567890.12', 'new', 'y');
SELECT * FROM evolving ORDER BY id;
SELECT id FROM evolving WHERE gone IS NULL;
SELECT id FROM evolving WHERE p > 2;
SELECT id FROM evolving WHERE id < 2;
SELECT id FROM evolving WHERE f = 0.1e0;
UPDATE evolving SET gone = 'set' WHERE id = 1;
SELECT * FROM evolving ORDER BY id;
-- trino
ALTER TABLE evolving RENAME COLUMN t TO u
-- athena
ALTER TABLE evolving CHANGE COLUMN t u string;
-- trino
ALTER TABLE evolving RENAME COLUMN gone TO t
-- athena
ALTER TABLE evolving CHANGE COLUMN gone t string;
SELECT u, t FROM evolving ORDER BY id;
SELECT s FROM evolving;
SELECT id FROM evolving WHERE t = 'set';
SELECT id FROM evolving WHERE t = 'y';
-- trino
CREATE TABLE nested (id integer, r row(a integer, b varchar, c row(d integer)), l array(row(x integer, y varchar)), m map(varchar, row(v integer)))
-- athena
CREATE TABLE nested (id int, r struct<a: int, b: string, c: struct<d: int>>, l array<struct<x: int, y: string>>, m map<string, struct<v: int>>) LOCATION 's3://{bucket}/nested/' TBLPROPERTIES ('table_type' = 'ICEBERG');
INSERT INTO nested VALUES (1, ROW(1, 'b', ROW(2)), ARRAY[ROW(3, 'y'), NULL], MAP(ARRAY['k'], ARRAY[ROW(4)])), (2, NULL, NULL, NULL);
SELECT * FROM nested ORDER BY id;
-- trino
ALTER TABLE nested ADD COLUMN r.e varchar
-- athena
ALTER TABLE nested CHANGE COLUMN r r struct<a: int, b: string, c: struct<d: int>, e: string>;
SELECT * FROM nested ORDER BY id;
SELECT r.e, r.c.d FROM nested ORDER BY id;
-- trino
ALTER TABLE nested ADD COLUMN r.c.f bigint
-- athena
ALTER TABLE nested CHANGE COLUMN r r struct<a: int, b: string, c: struct<d: int, f: bigint>, e: string>;
-- trino
ALTER TABLE nested ADD COLUMN l.element.z double
-- athena
ALTER TABLE nested CHANGE COLUMN l l array<struct<x: int, y: string, z: double>>;
SELECT * FROM nested ORDER BY id;
-- trino
ALTER TABLE nested ALTER COLUMN r.a SET DATA TYPE bigint
-- athena
ALTER TABLE nested CHANGE COLUMN r r struct<a: bigint, b: string, c: struct<d: int, f: bigint>, e: string>;
SELECT r.a, typeof(r.a) FROM nested ORDER BY id;
-- trino
ALTER TABLE nested DROP COLUMN r.b
-- athena
ALTER TABLE nested CHANGE COLUMN r r struct<a: bigint, c: struct<d: int, f: bigint>, e: string>;
SELECT r, typeof(r) FROM nested ORDER BY id;
-- trino
ALTER TABLE nested ADD COLUMN r.b varchar
-- athena
ALTER TABLE nested CHANGE COLUMN r r struct<a: bigint, c: struct<d: int, f: bigint>, e: string, b: string>;
SELECT r FROM nested ORDER BY id;
INSERT INTO nested (id, r) VALUES (3, ROW(5, ROW(6, 7), 'e', 'again'));
SELECT id, r FROM nested ORDER BY id;
SELECT id FROM nested WHERE r.b = 'again';
UPDATE nested SET r = CAST(ROW(9, ROW(8, NULL), NULL, 'u') AS ROW(a bigint, c ROW(d integer, f bigint), e varchar, b varchar)) WHERE id = 1;
SELECT id, r, l FROM nested ORDER BY id;
-- trino
ALTER TABLE nested RENAME COLUMN m TO n
-- athena
ALTER TABLE nested CHANGE COLUMN m n map<string, struct<v: int>>;
SELECT id, n, element_at(n, 'k').v FROM nested ORDER BY id;
-- trino
ALTER TABLE nested DROP COLUMN l.element.x
-- athena
ALTER TABLE nested CHANGE COLUMN l l array<struct<y: string, z: double>>;
SELECT id, l FROM nested ORDER BY id;
-- trino
ALTER TABLE nested ALTER COLUMN r.c.d SET DATA TYPE varchar
-- athena
ALTER TABLE nested CHANGE COLUMN r r struct<a: bigint, c: struct<d: string, f: bigint>, e: string, b: string>
