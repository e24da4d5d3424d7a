CREATE OR REPLACE VIEW dashboard_hours AS
WITH local_activity AS (
    SELECT
        CAST(quarter_hour AS date) AS day,
        AT_TIMEZONE(WITH_TIMEZONE(quarter_hour, 'UTC'), :time_zone) AS local_time,
        SPLIT_PART(category_code, '.', 1) AS category,
        views,
        carts,
        purchases,
        revenue
    FROM v_top_categories
),
cells AS (
    SELECT
        day,
        DAY_OF_WEEK(local_time) AS weekday,
        HOUR(local_time) AS hour,
        category,
        SUM(views) AS views,
        SUM(carts) AS carts,
        SUM(purchases) AS purchases,
        SUM(revenue) AS revenue
    FROM local_activity
    GROUP BY day, DAY_OF_WEEK(local_time), HOUR(local_time), category
),
hours AS (
    SELECT day, weekday, hour, SUM(views) AS views
    FROM cells
    WHERE category IS NOT NULL
    GROUP BY day, weekday, hour
),
categories AS (
    SELECT category, SUM(views) AS views
    FROM cells
    WHERE category IS NOT NULL
    GROUP BY category
),
coded AS (
    SELECT
        day,
        weekday,
        hour,
        category,
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
        COALESCE(cells.views, 0) AS views,
        COALESCE(cells.carts, 0) AS carts,
        COALESCE(cells.purchases, 0) AS purchases,
        COALESCE(cells.revenue, DECIMAL '0.00') AS revenue,
        COALESCE(expected_views, 0E0) AS expected_views
    FROM coded
    LEFT JOIN cells USING (day, weekday, hour, category)
    UNION ALL
    SELECT
        day,
        weekday,
        hour,
        '(no code)' AS category,
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
    views,
    carts,
    purchases,
    revenue,
    expected_views
FROM whole
