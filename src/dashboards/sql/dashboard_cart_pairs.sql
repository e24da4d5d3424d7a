CREATE OR REPLACE VIEW dashboard_cart_pairs AS
SELECT
    day,
    COALESCE(category, '(no code)') AS category,
    COALESCE(category_2, '(no code)') AS category_2,
    COALESCE(category_3, '(no code)') AS category_3,
    IF(outcomes.brand IS NULL, '(no brand)', COALESCE(top.brand, '(others)')) AS brand,
    product_id,
    NOT bought_that_day AS is_left,
    NOT bought_that_day
        AND COALESCE(DATE_DIFF('day', day, next_purchase_day) <= :later_days, FALSE) AS is_later,
    price
FROM v_cart_outcomes AS outcomes
LEFT JOIN dashboard_categories AS codes ON codes.category_code = outcomes.category_code
LEFT JOIN dashboard_top_brands AS top ON top.brand = outcomes.brand
