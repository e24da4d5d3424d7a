CREATE OR REPLACE VIEW dashboard_funnel AS
WITH pairs AS (
    SELECT
        day,
        COALESCE(category, '(no code)') AS category,
        COALESCE(category_2, '(no code)') AS category_2,
        COALESCE(category_3, '(no code)') AS category_3,
        price_band,
        DATE_FORMAT(AT_TIMEZONE(WITH_TIMEZONE(first_view, 'UTC'), :time_zone), '%H:00') AS hour,
        visitor,
        CASE
            WHEN first_cart IS NULL THEN '(not carted)'
            WHEN views_before_cart >= 5 THEN '5 or more'
            ELSE CAST(views_before_cart AS varchar)
        END AS views_before,
        CASE
            WHEN seconds_to_cart IS NULL THEN '(not carted)'
            WHEN seconds_to_cart < 60 THEN '1 below 1 minute'
            WHEN seconds_to_cart < 300 THEN '2 from 1 minute'
            WHEN seconds_to_cart < 900 THEN '3 from 5 minutes'
            ELSE '4 from 15 minutes'
        END AS time_to_cart,
        CASE
            WHEN seconds_to_purchase IS NULL THEN '(not bought)'
            WHEN seconds_to_purchase < 60 THEN '1 below 1 minute'
            WHEN seconds_to_purchase < 300 THEN '2 from 1 minute'
            WHEN seconds_to_purchase < 900 THEN '3 from 5 minutes'
            ELSE '4 from 15 minutes'
        END AS time_to_purchase,
        first_cart IS NOT NULL AS is_carted,
        bought_at IS NOT NULL AS is_bought,
        bought_without_cart
    FROM v_session_funnel AS funnel
    LEFT JOIN dashboard_categories AS codes ON codes.category_code = funnel.category_code
),
cells AS (
    SELECT
        day,
        category,
        category_2,
        category_3,
        price_band,
        hour,
        visitor,
        views_before,
        time_to_cart,
        time_to_purchase,
        COUNT(*) AS viewed,
        COUNT_IF(is_carted) AS carted,
        COUNT_IF(is_bought) AS bought,
        COUNT_IF(bought_without_cart) AS bought_without_cart
    FROM pairs
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
)
SELECT
    day,
    category,
    category_2,
    category_3,
    trait,
    trait_value,
    SUM(viewed) AS viewed,
    SUM(carted) AS carted,
    SUM(bought) AS bought,
    SUM(bought_without_cart) AS bought_without_cart
FROM cells
CROSS JOIN UNNEST(
    ARRAY[
        'price', 'hour', 'visitor', 'views before the cart', 'time to the cart',
        'time to the purchase'
    ],
    ARRAY[price_band, hour, visitor, views_before, time_to_cart, time_to_purchase]
) AS traits (trait, trait_value)
GROUP BY day, category, category_2, category_3, trait, trait_value
