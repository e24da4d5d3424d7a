-- trino
CREATE TABLE told (id integer, d date, s varchar) WITH (partitioning = ARRAY['d'])
-- athena
CREATE TABLE told (id int, d date, s string) PARTITIONED BY (d) LOCATION 's3://{bucket}/told/' TBLPROPERTIES ('table_type' = 'ICEBERG');
SELECT * FROM "told$snapshots" WHERE operation <> 'append';
SELECT count(*) FROM "told$partitions";
SELECT count(*) FROM "told$files";
INSERT INTO told VALUES (1, DATE '2020-01-01', 'a'), (2, DATE '2020-01-01', NULL), (3, DATE '2020-01-02', 'c');
INSERT INTO told VALUES (4, NULL, 'z');
DELETE FROM told WHERE id = 1;
SELECT * FROM "told$history" WHERE false;
SELECT * FROM "told$snapshots" WHERE false;
SELECT content, file_path, file_format, record_count, file_size_in_bytes, column_sizes, value_counts, null_value_counts, nan_value_counts, lower_bounds, upper_bounds, key_metadata, split_offsets, equality_ids FROM "told$files" WHERE false;
SELECT * FROM "told$manifests" WHERE false;
SELECT * FROM "told$partitions" WHERE false;
SELECT * FROM "told$refs" WHERE false;
SELECT * FROM "told$properties" WHERE false;
SELECT * FROM "told$nothing";
SELECT * FROM "nowhere$files";
SELECT content, record_count, file_format FROM "told$files" ORDER BY 1, 2, element_at(lower_bounds, 1);
SELECT file_format, record_count, value_counts, null_value_counts, lower_bounds, upper_bounds FROM "told$files" WHERE content = 0 ORDER BY element_at(lower_bounds, 1);
SELECT nan_value_counts, key_metadata, equality_ids FROM "told$files" WHERE content = 0 LIMIT 1;
SELECT "partition", record_count, file_count, data FROM "told$partitions" ORDER BY "partition".d;
SELECT added_data_files_count, existing_data_files_count, deleted_data_files_count, added_rows_count, existing_rows_count, deleted_rows_count FROM "told$manifests" ORDER BY 1, 4;
SELECT partition_summaries FROM "told$manifests" WHERE added_rows_count > 1;
SELECT name, type, max_reference_age_in_ms, min_snapshots_to_keep, max_snapshot_age_in_ms FROM "told$refs";
SELECT operation, element_at(summary, 'added-records'), summary['total-records'], element_at(summary, 'added-data-files'), summary['changed-partition-count'], summary['total-data-files'], summary['total-delete-files'], summary['total-position-deletes'], element_at(summary, 'added-position-deletes') FROM "told$snapshots" WHERE summary['total-records'] <> '0' ORDER BY committed_at;
SELECT count(*), bool_and(is_current_ancestor) FROM "told$history" h WHERE snapshot_id IN (SELECT snapshot_id FROM "told$snapshots" WHERE summary['total-records'] <> '0');
SELECT count(DISTINCT "$path"), count("$file_modified_time") FROM told;
SELECT typeof("$path"), typeof("$file_modified_time") FROM told LIMIT 1;
SELECT "$partition" FROM told ORDER BY id;
SELECT regexp_extract("$path", 'd=([^/]*)/', 1), id FROM told ORDER BY id;
SELECT f.record_count, t.id FROM told t JOIN "told$files" f ON f.file_path = t."$path" ORDER BY id;
INSERT INTO "told$files" VALUES 1;
DELETE FROM "told$files";
SELECT * FROM "told$files" FOR VERSION AS OF 1;
SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = 'conformance' AND table_name = 'told'
