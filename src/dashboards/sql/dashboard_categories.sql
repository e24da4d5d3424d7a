CREATE OR REPLACE VIEW dashboard_categories AS
WITH codes AS (
    SELECT
        category_code,
        SPLIT_PART(category_code, '.', 1) AS category,
        ARRAY_JOIN(SLICE(SPLIT(category_code, '.'), 1, 2), '.') AS category_2,
        ARRAY_JOIN(SLICE(SPLIT(category_code, '.'), 1, 3), '.') AS category_3,
        COUNT(*) AS events
    FROM user_activity
    WHERE category_code IS NOT NULL
    GROUP BY category_code
),
seconds AS (
    SELECT category_2, ROW_NUMBER() OVER (ORDER BY events DESC, category_2) AS place
    FROM (SELECT category_2, SUM(events) AS events FROM codes GROUP BY category_2)
),
thirds AS (
    SELECT category_3, ROW_NUMBER() OVER (ORDER BY events DESC, category_3) AS place
    FROM (SELECT category_3, SUM(events) AS events FROM codes GROUP BY category_3)
)
SELECT
    category_code,
    category,
    IF(seconds.place <= :top_categories, codes.category_2, '(others)') AS category_2,
    IF(
        seconds.place <= :top_categories AND thirds.place <= :top_categories,
        codes.category_3,
        '(others)'
    ) AS category_3
FROM codes
JOIN seconds ON seconds.category_2 = codes.category_2
JOIN thirds ON thirds.category_3 = codes.category_3
