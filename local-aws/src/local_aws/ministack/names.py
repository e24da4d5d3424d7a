"""Every name of ministack, hypercorn and h2 that is used here, by module.

All of them may move with a new version. Of a function also its parameters stand here, so that one
that moved is told before it is called with the wrong arguments.
"""

from typing import Literal, NamedTuple

Use = Literal["called", "read", "replaced"]


class Name(NamedTuple):
    """How a foreign name is used, and of a function the names of its parameters."""

    use: Use
    parameters: tuple[str, ...] | None = None


def _called(parameters: str) -> Name:
    return Name("called", tuple(parameters.split()))


def _replaced(parameters: str) -> Name:
    return Name("replaced", tuple(parameters.split()))


READ = Name("read")
REPLACED = Name("replaced")
_PARAMS = "query_params"

NAMES: dict[str, dict[str, Name]] = {
    "h2.connection": {
        "H2Connection": READ,
        "H2Connection._receive_goaway_frame": _replaced("self frame"),
    },
    "h2.events": {"ConnectionTerminated": READ},
    "hypercorn.protocol.h2": {
        "H2Protocol": READ,
        "H2Protocol._handle_events": _replaced("self events"),
    },
    "ministack.app": {
        "AUTH": READ,
        "app": _called("scope receive send"),
        "SERVICE_REGISTRY": READ,
        "SERVICE_HANDLERS": REPLACED,
        "_build_persistence_save_dict": _called(""),
    },
    "ministack.core.arn": {"ArnParseError": READ, "parse_arn": _called("value")},
    "ministack.core.concurrency": {"esm_wake": READ},
    "ministack.core.hypercorn_compat": {"install": _called("")},
    "ministack.core.iam_actions": {
        "SERVICE_TO_IAM_NAMESPACE": READ,
        "extract_iam_action": _called(f"service method path headers body {_PARAMS}"),
    },
    "ministack.core.persistence": {"save_all": _called("services")},
    "ministack.core.responses": {
        "AccountRegionScopedDict": READ,
        "StreamingResponse": READ,
        "get_account_id": _called(""),
        "get_region": _called(""),
        "request_scope": _called("account_id region"),
        "set_request_account_id": _called("access_key_id"),
        "set_request_region": _called("region"),
    },
    "ministack.core.router": {
        "detect_service": _called(f"method path headers {_PARAMS}"),
        "extract_access_key_id": _called(f"headers {_PARAMS}"),
        "extract_region": _called(f"headers {_PARAMS}"),
    },
    "ministack.services.athena": {"_workgroups": READ},
    "ministack.services.cloudformation.provisioners": {"_RESOURCE_HANDLERS": REPLACED},
    "ministack.services.cloudformation.stacks": {
        "_runs_on_worker_thread": _replaced("resource_type"),
    },
    "ministack.services.cloudwatch": {
        "_put_metric_data": _called("params cbor_data is_cbor is_json"),
    },
    "ministack.services.cloudwatch_logs": {
        "_create_log_group": _called("data"),
        "_create_log_stream": _called("data"),
        "_put_log_events": _called("data"),
    },
    "ministack.services.eventbridge": {
        "_compiled_pattern": _called("pattern_str"),
        "_matches_detail": _called("detail pattern"),
        "_parse_pattern_text": _called("pattern_str"),
    },
    "ministack.services.firehose": {
        "_streams": READ,
        "ingest_from_kinesis_source": _called("stream_arn records"),
    },
    "ministack.services.glue": {
        "_ALL_STATE": REPLACED,
        "_databases": READ,
        "_partition_column_statistics": READ,
        "_partition_indexes": READ,
        "_partitions": READ,
        "_table_column_statistics": READ,
        "_tables": READ,
        "reset": _called(""),
    },
    "ministack.services.kinesis": {
        "_build_shards": _replaced("shard_count start_index"),
        "_resolve_stream_by_arn": _replaced("stream_arn"),
        "_streams": REPLACED,
        "get_state": _replaced(""),
        "handle_request": _replaced(f"method path headers body {_PARAMS}"),
        "load_persisted_state": _replaced("data"),
        "put_record_internal": _replaced("stream_arn partition_key data"),
        "reset": _replaced(""),
    },
    "ministack.services.lambda_svc": {
        "_acquire_execution_slot": _called("func config"),
        "_emit_lambda_metrics": _replaced("function_name duration_ms error throttle"),
        "_execute_function": _replaced("func event"),
        "_execution_record_for_config": _called("func config"),
        "_fetch_code_from_s3": _called("bucket key version_id"),
        "_functions": READ,
        "_get_func_record_for_ref": _called("function_ref"),
        "_inbound_invoke_depth": _replaced("headers"),
        "_invoke_depth": READ,
        "_poll_kinesis": _replaced(""),
        "_release_execution_slot": _called("key"),
        "_resolve_layer_zip": _called("attachment"),
        "_resolve_name_and_qualifier": _called("name_or_arn"),
        "executions_in_flight": _called(""),
        "handle_request": _replaced(f"method path headers body {_PARAMS}"),
        "invalidate_worker": _replaced("func_name qualifier account region"),
    },
    "ministack.services.s3": {
        "DATA_DIR": READ,
        "S3_NS": READ,
        "_abort_multipart_upload": _replaced(f"bucket_name key {_PARAMS}"),
        "_bucket_replication": READ,
        "_buckets": READ,
        "_build_object_record": _called("body headers etag checksums"),
        "_SSE_STORED_HEADERS": REPLACED,
        "_bucket_encryption": READ,
        "_check_put_preconditions": _replaced("headers existing_obj"),
        "_copy_object": _replaced("bucket_name dest_key headers"),
        "_parse_bucket_key": _called("path headers"),
        "_resolve_sse_write_headers": _replaced("headers bucket_name"),
        "_check_sse_c_part": _called("headers upload"),
        "_complete_multipart_upload": _replaced(f"bucket_name key body {_PARAMS} headers"),
        "_completed_multipart_uploads": READ,
        "_composite_checksum": _called("algorithm part_checksums"),
        "_delete_object": _called(f"bucket_name key headers {_PARAMS}"),
        "_error": _called("code message status resource extra headers"),
        "_fire_s3_event_async": _called(
            "bucket_name key event_name size etag deletion_type version_id "
            "object_extra record_extra"
        ),
        "_get_object": _replaced(f"bucket_name key headers {_PARAMS}"),
        "_get_object_data": _replaced("bucket_name key version_id"),
        "_maybe_replicate": _called("bucket_name key obj data tags"),
        "_multipart_uploads": READ,
        "_object_disk_path": _called("bucket key account_id"),
        "_persist_object": _called("bucket key obj"),
        "_plain_path_key": _called("key"),
        "_qp": _called("params key default"),
        "_read_body": _replaced("bucket_name key obj"),
        "_record_object_version": _called("bucket_name key prior_obj obj data"),
        "_stored_sse_headers": _called("obj"),
        "_upload_part": _replaced(f"bucket_name key body {_PARAMS} headers"),
        "_upload_part_copy": _replaced(f"bucket_name dest_key {_PARAMS} headers"),
        "fromstring": READ,
        "handle_request": _replaced(
            f"method path headers body {_PARAMS} signed_path enforce_bucket_region internal "
            "access_point_region access_point"
        ),
        "now_iso": _called(""),
    },
    "ministack.services.sts": {
        "_role_id": _called("role_arn"),
        "register_session": _called("access_key session"),
    },
}
