CREATE OR REPLACE VIEW dashboard_days AS
SELECT
    day,
    ARRAY['1 Mon', '2 Tue', '3 Wed', '4 Thu', '5 Fri', '6 Sat', '7 Sun'][DAY_OF_WEEK(day)]
        AS weekday,
    visitors,
    new_visitors,
    returning_visitors,
    sessions,
    views,
    carts,
    purchases,
    revenue,
    buyers,
    (SELECT MAX(event_time) FROM user_activity) AS data_until
FROM v_unique_visitors
