CREATE OR REPLACE VIEW dashboard_brands AS
WITH views_and_purchases AS (
    SELECT
        brand,
        category_id,
        product_id,
        MAX(category_code) AS category_code,
        COUNT_IF(event_type = 'view') AS views,
        COUNT_IF(event_type = 'purchase') AS purchases,
        SUM(price) FILTER (WHERE event_type = 'purchase') AS revenue,
        SUM(price) AS prices,
        COUNT(*) AS events
    FROM user_activity
    WHERE event_type IN ('view', 'purchase')
    GROUP BY brand, category_id, product_id
),
with_peers AS (
    SELECT
        *,
        MAX(category_code) OVER (PARTITION BY category_id) AS code,
        SUM(views) OVER (PARTITION BY category_id)
            - SUM(views) OVER (PARTITION BY category_id, brand) AS peer_views,
        SUM(purchases) OVER (PARTITION BY category_id)
            - SUM(purchases) OVER (PARTITION BY category_id, brand) AS peer_purchases,
        CAST(SUM(prices) OVER (PARTITION BY category_id, brand) AS double)
            / SUM(events) OVER (PARTITION BY category_id, brand) AS mean_price
    FROM views_and_purchases
),
with_expected AS (
    SELECT
        *,
        CAST(views AS double) * peer_purchases / peer_views AS expected
    FROM with_peers
    WHERE brand IS NOT NULL AND peer_views > 0
),
scored AS (
    SELECT
        *,
        SQRT(LEAST(peer_conversion, 1E0) * (1E0 - LEAST(peer_conversion, 1E0)) / views) AS error
    FROM v_brands_to_market
    WHERE views >= :min_views
),
alone AS (
    SELECT
        *,
        IF(
            error > 0E0,
            NORMAL_CDF(0E0, 1E0, (conversion - LEAST(peer_conversion, 1E0)) / NULLIF(error, 0E0)),
            1E0
        ) AS chance_alone
    FROM scored
),
placed AS (
    SELECT
        *,
        ROW_NUMBER() OVER (ORDER BY chance_alone) AS place,
        COUNT(*) OVER () AS comparisons
    FROM alone
),
judged AS (
    SELECT
        *,
        MIN(LEAST(chance_alone * comparisons / place, 1E0)) OVER (
            ORDER BY place DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS chance
    FROM placed
),
named AS (
    SELECT
        IF(top.brand IS NULL, '(others)', parts.brand) AS brand,
        COALESCE(codes.category, '(no code)') AS category,
        COALESCE(codes.category_2, '(no code)') AS category_2,
        COALESCE(codes.category_3, '(no code)') AS category_3,
        parts.product_id,
        parts.views,
        parts.purchases,
        parts.revenue,
        parts.expected,
        parts.mean_price,
        IF(top.brand IS NULL, NULL, judged.chance) AS chance,
        IF(top.brand IS NULL, NULL, whole.conversion_low) AS conversion_low,
        IF(top.brand IS NULL, NULL, whole.conversion_high) AS conversion_high,
        IF(top.brand IS NULL, NULL, whole.peer_conversion) AS peer_conversion,
        CASE
            WHEN top.brand IS NULL THEN '(several brands)'
            WHEN judged.brand IS NULL THEN 'too few views'
            WHEN judged.shortfall_purchases <= 0E0 OR judged.shortfall_revenue <= 0E0
                THEN 'not short'
            WHEN judged.chance <= 5E-2 THEN 'clearly below'
            ELSE 'short, perhaps by chance'
        END AS verdict
    FROM with_expected AS parts
    JOIN v_brands_to_market AS whole ON whole.brand = parts.brand
    LEFT JOIN dashboard_categories AS codes ON codes.category_code = parts.code
    LEFT JOIN judged ON judged.brand = parts.brand
    LEFT JOIN dashboard_top_brands AS top ON top.brand = parts.brand
),
products AS (
    SELECT
        brand,
        category,
        category_2,
        category_3,
        product_id,
        SUM(views) AS views,
        SUM(purchases) AS purchases,
        COALESCE(SUM(revenue), DECIMAL '0.00') AS revenue,
        SUM(expected) AS expected,
        SUM((expected - purchases) * mean_price) AS shortfall_revenue,
        MAX(conversion_low) AS conversion_low,
        MAX(conversion_high) AS conversion_high,
        MAX(peer_conversion) AS peer_conversion,
        MAX(chance) AS chance,
        verdict
    FROM named
    GROUP BY brand, category, category_2, category_3, product_id, verdict
),
ranked AS (
    SELECT
        *,
        ROW_NUMBER() OVER (
            PARTITION BY category, category_2, brand
            ORDER BY views DESC, product_id
        ) AS place
    FROM products
)
SELECT
    brand,
    category,
    category_2,
    category_3,
    IF(place <= :top_products, CAST(product_id AS varchar), '(others)') AS product_id,
    SUM(views) AS views,
    SUM(purchases) AS purchases,
    SUM(revenue) AS revenue,
    SUM(expected) AS expected_purchases,
    SUM(expected - purchases) AS shortfall_purchases,
    SUM(shortfall_revenue) AS shortfall_revenue,
    MAX(conversion_low) AS conversion_low,
    MAX(conversion_high) AS conversion_high,
    MAX(peer_conversion) AS peer_conversion,
    MAX(chance) AS chance,
    verdict
FROM ranked
GROUP BY 1, 2, 3, 4, 5, verdict
