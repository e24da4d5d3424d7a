CREATE OR REPLACE VIEW dashboard_hours AS
WITH local_activity AS (
    SELECT
        CAST(quarter_hour AS date) AS day,
        AT_TIMEZONE(WITH_TIMEZONE(quarter_hour, 'UTC'), :time_zone) AS local_time,
        category,
        category_2,
        category_3,
        views,
        carts,
        purchases,
        revenue
    FROM v_top_categories AS activity
    LEFT JOIN dashboard_categories AS codes ON codes.category_code = activity.category_code
),
cells AS (
    SELECT
        day,
        DAY_OF_WEEK(local_time) AS weekday,
        HOUR(local_time) AS hour,
        category,
        category_2,
        category_3,
        SUM(views) AS views,
        SUM(carts) AS carts,
        SUM(purchases) AS purchases,
        SUM(revenue) AS revenue
    FROM local_activity
    GROUP BY 1, 2, 3, 4, 5, 6
),
hours AS (
    SELECT day, weekday, hour, SUM(views) AS views
    FROM cells
    WHERE category IS NOT NULL
    GROUP BY day, weekday, hour
),
categories AS (
    SELECT category, category_2, category_3, SUM(views) AS views
    FROM cells
    WHERE category IS NOT NULL
    GROUP BY category, category_2, category_3
),
coded AS (
    SELECT
        day,
        weekday,
        hour,
        category,
        category_2,
        category_3,
        CAST(categories.views AS double) * hours.views
            / NULLIF((SELECT SUM(views) FROM hours), 0) AS expected_views
    FROM hours
    CROSS JOIN categories
),
whole AS (
    SELECT
        day,
        weekday,
        hour,
        category,
        category_2,
        category_3,
        COALESCE(cells.views, 0) AS views,
        COALESCE(cells.carts, 0) AS carts,
        COALESCE(cells.purchases, 0) AS purchases,
        COALESCE(cells.revenue, DECIMAL '0.00') AS revenue,
        COALESCE(expected_views, 0E0) AS expected_views
    FROM coded
    LEFT JOIN cells USING (day, weekday, hour, category, category_2, category_3)
    UNION ALL
    SELECT
        day,
        weekday,
        hour,
        '(no code)' AS category,
        '(no code)' AS category_2,
        '(no code)' AS category_3,
        views,
        carts,
        purchases,
        revenue,
        NULL AS expected_views
    FROM cells
    WHERE category IS NULL
)
SELECT
    day,
    ARRAY['1 Mon', '2 Tue', '3 Wed', '4 Thu', '5 Fri', '6 Sat', '7 Sun'][weekday] AS weekday,
    hour,
    category,
    category_2,
    category_3,
    views,
    carts,
    purchases,
    revenue,
    expected_views
FROM whole
