CREATE OR REPLACE VIEW dashboard_alerts AS
WITH detections AS (
    SELECT DISTINCT
        TRY_CAST(REPLACE(SUBSTR(first_action, 1, 16), 'T', ' ') || ':00' AS timestamp) AS minute,
        rule,
        user_id,
        first_action,
        last_action,
        window_start,
        action_count
    FROM alert_history
)
SELECT
    CAST(minute AS date) AS day,
    minute,
    rule,
    COUNT(*) AS alerts,
    COUNT(DISTINCT user_id) AS users,
    MAX(action_count) AS most_actions
FROM detections
WHERE minute IS NOT NULL AND rule IS NOT NULL
GROUP BY minute, rule
