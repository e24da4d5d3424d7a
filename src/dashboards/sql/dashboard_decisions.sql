CREATE OR REPLACE VIEW dashboard_decisions AS
WITH products AS (
    SELECT
        COALESCE(category, '(no code)') AS category,
        price_band,
        first_cart IS NOT NULL AS is_carted,
        bought_at IS NOT NULL AS is_bought,
        views_before_cart,
        seconds_to_cart,
        seconds_to_purchase
    FROM v_session_funnel AS funnel
    LEFT JOIN dashboard_categories AS codes ON codes.category_code = funnel.category_code
),
counted AS (
    SELECT
        category,
        price_band,
        COUNT(*) AS viewed,
        COUNT_IF(is_carted) AS carted,
        COUNT_IF(is_bought) AS bought,
        COALESCE(SUM(views_before_cart), 0) AS views_before_cart,
        ARRAY_SORT(ARRAY_AGG(seconds_to_cart) FILTER (WHERE is_carted)) AS to_cart,
        ARRAY_SORT(ARRAY_AGG(seconds_to_purchase) FILTER (WHERE is_bought)) AS to_purchase
    FROM products
    GROUP BY GROUPING SETS (
        (),
        (price_band),
        (category),
        (category, price_band)
    )
    HAVING COUNT(*) > 0
)
SELECT
    CASE
        WHEN category IS NOT NULL AND price_band IS NOT NULL THEN 'category and price'
        WHEN category IS NOT NULL THEN 'category'
        WHEN price_band IS NOT NULL THEN 'price'
        ELSE 'all'
    END AS level,
    COALESCE(category, '(all)') AS of_category,
    COALESCE(price_band, '(all)') AS price_band,
    viewed,
    carted,
    bought,
    views_before_cart,
    ELEMENT_AT(to_cart, carted / 2 + 1) AS seconds_to_cart,
    IF(
        carted >= 6,
        ELEMENT_AT(
            to_cart,
            GREATEST(1, CAST(FLOOR(carted / 2E0 - 98E-2 * SQRT(carted)) AS bigint))
        )
    ) AS seconds_to_cart_low,
    IF(
        carted >= 6,
        ELEMENT_AT(
            to_cart,
            LEAST(carted, CAST(CEIL(carted / 2E0 + 98E-2 * SQRT(carted)) AS bigint) + 1)
        )
    ) AS seconds_to_cart_high,
    ELEMENT_AT(to_purchase, bought / 2 + 1) AS seconds_to_purchase,
    IF(
        bought >= 6,
        ELEMENT_AT(
            to_purchase,
            GREATEST(1, CAST(FLOOR(bought / 2E0 - 98E-2 * SQRT(bought)) AS bigint))
        )
    ) AS seconds_to_purchase_low,
    IF(
        bought >= 6,
        ELEMENT_AT(
            to_purchase,
            LEAST(bought, CAST(CEIL(bought / 2E0 + 98E-2 * SQRT(bought)) AS bigint) + 1)
        )
    ) AS seconds_to_purchase_high
FROM counted
