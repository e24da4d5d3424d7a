SELECT regexp_like('hello world', 'w.r'), regexp_like('hello', '^h.*o$'), regexp_like('hello', 'H'), regexp_like('hello', '(?i)H'), regexp_like('x', NULL);
SELECT regexp_extract('item 1234 and 56', '\d+'), regexp_extract('item 1234', '[a-z]{9}'), regexp_extract('k=v', '(\w)=(\w)', 2), regexp_extract('a1b2', '([a-z])(\d)', 1);
SELECT regexp_extract_all('a1b22c333', '\d+'), regexp_extract_all('a1b22', '([a-z])(\d+)', 2), regexp_extract_all('abc', '\d');
SELECT regexp_replace('a1b2', '\d'), regexp_replace('a1b2', '\d', '#'), regexp_replace('John Smith', '(\w+) (\w+)', '$2, $1'), regexp_replace('abc', '(b)', '[$1]');
SELECT regexp_replace('2019-10-01', '(\d+)-(\d+)-(\d+)', '$3.$2.$1'), regexp_replace('a.b.c', '\.', '\\'), regexp_replace('price', '^', '\$');
SELECT regexp_replace('new york', '(\w)(\w*)', x -> upper(x[1]) || lower(x[2])), regexp_replace('a-b', '([a-z])', x -> x[1] || x[1]);
SELECT regexp_replace('abc', '(?<first>a)', '${first}!'), regexp_replace('aaa', 'a*', 'X'), regexp_replace('', 'x', 'y');
SELECT regexp_split('one  two   three', '\s+'), regexp_split('a1b2c', '\d'), regexp_split('abc', ','), regexp_split(',a,', ',');
SELECT regexp_count('a1b22c333', '\d+'), regexp_count('aaa', 'b'), regexp_count('aaa', 'a');
SELECT regexp_position('a1b22', '\d'), regexp_position('abc', '\d'), regexp_position('a1b22', '\d', 3), regexp_position('a1b2c3', '\d', 1, 3);
SELECT regexp_like('a.b', 'a\.b'), regexp_like('tab	x', '\t'), regexp_like('é', '^\w$'), regexp_like('foo123', '^[[:alpha:]]+\d{3}$'), regexp_like('aa', '^(a)\1$');
SELECT regexp_extract('foobar', 'foo(?=bar)'), regexp_extract('foobar', '(?<=foo)bar'), regexp_extract('foobaz', 'foo(?!bar)');
SELECT regexp_extract('<a><b>', '<.+?>'), regexp_extract('<a><b>', '<.+>'), regexp_like('line1
line2', '^line2$'), regexp_like('line1
line2', '(?m)^line2$');
SELECT regexp_extract(category_code, '^([^.]+)\.', 1) AS root, count(*) FROM events GROUP BY 1 ORDER BY 1;
SELECT regexp_replace(user_session, '^(\w{8})-.*$', '$1…') AS short FROM events WHERE user_id = 500000003 ORDER BY event_time LIMIT 2;
SELECT count(*) FROM events WHERE regexp_like(event_type, '^(cart|purchase)$');
SELECT count_if(NOT regexp_like(brand, '^[a-z]+$')) FROM events;
SELECT regexp_extract('ab', '(a)|(x)', 2), regexp_extract('ab', '(x)?b', 1);
SELECT regexp_extract_all('ab', ''), regexp_replace('abc', '', '-'), regexp_split('abc', '');
