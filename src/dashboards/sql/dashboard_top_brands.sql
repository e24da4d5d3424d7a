CREATE OR REPLACE VIEW dashboard_top_brands AS
SELECT brand
FROM user_activity
WHERE brand IS NOT NULL
GROUP BY brand
ORDER BY COUNT(*) DESC, brand
LIMIT :top_brands
