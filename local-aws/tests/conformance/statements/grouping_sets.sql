SELECT event_type, brand, count(*) AS n FROM events GROUP BY GROUPING SETS ((event_type), (brand), ()) ORDER BY 1, 2, 3;
SELECT event_type, d, count(*) AS n FROM (SELECT event_type, date(event_time) AS d FROM events WHERE event_type <> 'view') GROUP BY ROLLUP (event_type, d) ORDER BY 1, 2;
SELECT event_type, parity, count(*) AS n, grouping(event_type, parity) AS g FROM (SELECT event_type, user_id % 2 AS parity FROM events) GROUP BY CUBE (event_type, parity) ORDER BY g, 1, 2;
SELECT event_type, brand, grouping(event_type), grouping(brand), sum(price) FROM events WHERE event_type = 'purchase' GROUP BY ROLLUP (event_type, brand) ORDER BY 4, 3, 2;
SELECT a, b, sum(c) FROM (VALUES (1, 1, 10), (1, 2, 20), (2, 1, 30)) AS t (a, b, c) GROUP BY GROUPING SETS ((a, b), (a), (b), ()) ORDER BY a, b;
SELECT a, count(*) FROM (VALUES 1, 1, NULL) AS t (a) GROUP BY ROLLUP (a) ORDER BY 2, 1;
SELECT coalesce(event_type, 'all') AS t, count(DISTINCT user_id) AS users FROM events WHERE event_type IS NOT NULL GROUP BY GROUPING SETS ((event_type), ()) ORDER BY 2 DESC, 1;
SELECT a, b, count(*) FROM (VALUES (1, 'x'), (2, 'y')) AS t (a, b) GROUP BY a, ROLLUP (b) ORDER BY 1, 2;
