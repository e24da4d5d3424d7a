-- parameters: 5
SELECT ? + 1;
-- parameters: 'view'
SELECT count(*) FROM events WHERE event_type = ?;
-- parameters: 'view' | 100.5
SELECT count(*) FROM events WHERE event_type = ? AND price > ?;
-- parameters: DATE '2019-10-03'
SELECT count(*) FROM events WHERE date(event_time) = ?;
-- parameters: TIMESTAMP '2019-10-03 00:00:00' | TIMESTAMP '2019-10-04 00:00:00'
SELECT count(*) FROM events WHERE event_time BETWEEN ? AND ?;
-- parameters: 'it''s' | NULL | true
SELECT ?, ?, ?;
-- parameters: 'view' | 'cart'
SELECT event_type, count(*) FROM events WHERE event_type IN (?, ?) GROUP BY event_type ORDER BY 1;
-- parameters: 3
SELECT x FROM (VALUES 1, 2, 3, 4) AS t (x) ORDER BY x LIMIT ?;
-- parameters: 'a?b'
SELECT ?, '?' AS literal;
-- parameters: '1; DROP TABLE events'
SELECT count(*) FROM events WHERE brand = ?;
-- parameters: 500000001
SELECT count(*) FROM events WHERE user_id = ?;
-- parameters: 'x'
SELECT count(*) FROM events WHERE user_id = ?;
-- parameters: 1 | 2
SELECT ? AS only_one;
-- parameters: '%phone%'
SELECT count(*) FROM events WHERE category_code LIKE ?;
-- parameters: 'day' | 1
SELECT date_add(?, ?, DATE '2019-10-01');
-- parameters: ARRAY[1, 2]
SELECT cardinality(?);
