CREATE OR REPLACE VIEW dashboard_products AS
WITH products AS (
    SELECT
        category,
        category_2,
        category_3,
        brand,
        product_id,
        COUNT(*) AS carted,
        COUNT_IF(is_left) AS left_in_cart,
        COUNT_IF(is_later) AS bought_later,
        COALESCE(SUM(price) FILTER (WHERE is_left), DECIMAL '0.00') AS value_left
    FROM dashboard_cart_pairs
    GROUP BY category, category_2, category_3, brand, product_id
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
    category_3,
    brand,
    IF(place <= :top_products, CAST(product_id AS varchar), '(others)') AS product_id,
    SUM(carted) AS carted,
    SUM(left_in_cart) AS left_in_cart,
    SUM(bought_later) AS bought_later,
    SUM(value_left) AS value_left
FROM ranked
GROUP BY 1, 2, 3, 4, 5
