CREATE OR REPLACE VIEW dashboard_products AS
WITH pairs AS (
    SELECT
        COALESCE(SPLIT_PART(category_code, '.', 1), '(no code)') AS category,
        COALESCE(ARRAY_JOIN(SLICE(SPLIT(category_code, '.'), 1, 2), '.'), '(no code)')
            AS category_2,
        IF(outcomes.brand IS NULL, '(no brand)', COALESCE(top.brand, '(others)')) AS brand,
        product_id,
        NOT bought_that_day AS is_left,
        NOT bought_that_day
            AND COALESCE(DATE_DIFF('day', day, next_purchase_day) <= :later_days, FALSE)
            AS is_later,
        price
    FROM v_cart_outcomes AS outcomes
    LEFT JOIN dashboard_top_brands AS top ON top.brand = outcomes.brand
),
products AS (
    SELECT
        category,
        category_2,
        brand,
        product_id,
        COUNT(*) AS carted,
        COUNT_IF(is_left) AS left_in_cart,
        COUNT_IF(is_later) AS bought_later,
        COALESCE(SUM(price) FILTER (WHERE is_left), DECIMAL '0.00') AS value_left
    FROM pairs
    GROUP BY category, category_2, brand, product_id
),
ranked AS (
    SELECT
        *,
        ROW_NUMBER() OVER (
            PARTITION BY category, category_2, brand
            ORDER BY value_left DESC, carted DESC, product_id
        ) AS place
    FROM products
)
SELECT
    category,
    category_2,
    brand,
    IF(place <= :top_products, CAST(product_id AS varchar), '(others)') AS product_id,
    SUM(carted) AS carted,
    SUM(left_in_cart) AS left_in_cart,
    SUM(bought_later) AS bought_later,
    SUM(value_left) AS value_left
FROM ranked
GROUP BY 1, 2, 3, 4
