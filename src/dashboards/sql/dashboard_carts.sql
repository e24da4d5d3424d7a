CREATE OR REPLACE VIEW dashboard_carts AS
SELECT
    day,
    category,
    category_2,
    category_3,
    brand,
    COUNT(*) AS carted,
    COUNT_IF(is_left) AS left_in_cart,
    COUNT_IF(is_later) AS bought_later,
    COALESCE(SUM(price) FILTER (WHERE is_left), DECIMAL '0.00') AS value_left
FROM dashboard_cart_pairs
GROUP BY day, category, category_2, category_3, brand
