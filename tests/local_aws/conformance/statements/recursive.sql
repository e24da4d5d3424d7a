WITH RECURSIVE t (n) AS (VALUES 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT n FROM t ORDER BY n;
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 4) SELECT sum(n) FROM t;
WITH RECURSIVE f (a, b) AS (SELECT 0, 1 UNION ALL SELECT b, a + b FROM f WHERE b < 50) SELECT a FROM f ORDER BY a, b;
WITH RECURSIVE tree (id, path) AS (SELECT 1, CAST('1' AS varchar) UNION ALL SELECT e.child, tree.path || '/' || CAST(e.child AS varchar) FROM tree JOIN (VALUES (1, 2), (1, 3), (3, 4)) AS e (parent, child) ON e.parent = tree.id) SELECT id, path FROM tree ORDER BY id;
WITH RECURSIVE d (day) AS (SELECT DATE '2019-10-01' UNION ALL SELECT day + INTERVAL '1' DAY FROM d WHERE day < DATE '2019-10-07') SELECT d.day, count(e.event_time) AS n FROM d LEFT JOIN events AS e ON date(e.event_time) = d.day GROUP BY 1 ORDER BY 1;
WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c;
WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 11) SELECT count(*), max(n) FROM c;
WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 12) SELECT count(*), max(n) FROM c;
WITH RECURSIVE c (n) AS (SELECT 1 UNION SELECT n + 1 FROM c WHERE n < 4) SELECT * FROM c ORDER BY n;
