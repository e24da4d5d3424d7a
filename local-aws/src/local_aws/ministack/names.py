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


STACKS = "ministack.services.cloudformation"
"""What stacks are made with: 1.6 s of work to import, which only a stack is worth."""
READ = Name("read")
REPLACED = Name("replaced")
_PARAMS = "query_params"

NAMES: dict[str, dict[str, Name]] = {
    "botocore.auth": {
        "HmacV1Auth.unquote_v": _replaced("self nv"),
    },
    "h2.connection": {
        "H2Connection": READ,
        "H2Connection._receive_goaway_frame": _replaced("self frame"),
    },
    "h2.events": {
        "ConnectionTerminated": READ,
    },
    "hypercorn.protocol.h2": {
        "H2Protocol": READ,
        "H2Protocol._handle_events": _replaced("self events"),
    },
    "ministack.app": {
        "_handle_special_data_plane_request": _replaced(
            f"method path headers body {_PARAMS} request_id raw_path raw_query_string client_ip"
        ),
        "AUTH": READ,
        "app": _called("scope receive send"),
        "SERVICE_REGISTRY": READ,
        "SERVICE_HANDLERS": REPLACED,
        "_build_persistence_save_dict": _called(""),
        "_enforce_data_plane": _called(
            "service iam_action headers query_params request_id resource_arn service_context "
            "auth_error_response named_resource"
        ),
        "_request_account_scope": _called("access_key_id"),
        "pin_request_origin": _replaced("source_ip secure_transport"),
        "_routing_params": _called(f"method path headers body {_PARAMS}"),
    },
    "ministack.core.arn": {
        "ArnParseError": READ,
        "parse_arn": _called("value"),
    },
    "ministack.core.concurrency": {
        "esm_wake": READ,
    },
    "ministack.core.hypercorn_compat": {
        "install": _called(""),
    },
    "ministack.core.iam_actions": {
        "SERVICE_TO_IAM_NAMESPACE": READ,
        "_BOTOCORE_SERVICE_MAP": REPLACED,
        "_lambda_action": _replaced("method path"),
        "_match_rest_action": _called(f"service method path {_PARAMS}"),
        "_auth_failure": _called("service code message headers"),
        "access_denied_response": _replaced(
            "service action principal_arn request_id error_code message headers resource_arn "
            "explicit_deny resource_policy_arn"
        ),
        "extract_iam_action": _replaced(f"service method path headers body {_PARAMS}"),
        "extract_resource_arn": _replaced(
            f"service method path headers body {_PARAMS} region account_id"
        ),
        "identity_denial_message": _called("action principal_arn resource explicit_deny"),
        "request_tag_context": _replaced("service iam_action body params"),
    },
    "ministack.core.iam_evaluator": {
        "AuthError": READ,
        "EvalContext": READ,
        "EvalResult": READ,
        "PrincipalInfo": READ,
        "_POLICY_REQUIRED": READ,
        "_gather_role_policies": _called("role_name account_id"),
        "_gather_user_policies": _called("user_name account_id"),
        "_request_origin": REPLACED,
        "_permissions_boundary": _called("store name account_id"),
        "_resource_policy": _called("service resource_arn"),
        "combine_resource_policy": _called("identity ctx policy owner_account required limits"),
        "enforce": _replaced(
            "access_key_id iam_action service region resource_arn service_context"
        ),
        "evaluate": _replaced("ctx policies limits"),
        "evaluate_resource_policy": _called("doc ctx service named_only direct_only"),
        "is_root_access_key": _called("access_key_id"),
        "pin_request_origin": _called("source_ip secure_transport"),
        "pin_signed_body": _called("body"),
        "pin_signed_request": _called("method raw_path query_params raw_headers handshake"),
        "resolve_credential": _called("access_key_id account_id session_token"),
        "resolve_principal": _called("access_key_id account_id credential"),
        "validate_policy_document": _replaced("doc"),
    },
    "ministack.core.persistence": {
        "save_all": _called("services"),
    },
    "ministack.core.responses": {
        "AccountRegionScopedDict": READ,
        "StreamingResponse": READ,
        "error_response_json": _called("code message status extra message_key content_type"),
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
    "ministack.services.athena": {
        "_workgroups": READ,
    },
    "ministack.services.budgets": {
        "_DISPATCH": READ,
        "handle_request": _replaced(f"method path headers body {_PARAMS}"),
    },
    "ministack.services.cloudformation": {
        "_change_sets": READ,
        "_stack_events": READ,
        "_stacks": READ,
    },
    "ministack.services.cloudformation.changesets": {
        "_find_change_set": _called("cs_name stack_name"),
        "_resolve_parameters": _replaced("template provided_params previous_params"),
        "validate_template_support": _replaced("template conditions params"),
    },
    "ministack.services.cloudformation.drift": {
        "_DRIFT_READERS": REPLACED,
    },
    "ministack.services.cloudformation.engine": {
        "_intrinsic_references": _called("value"),
        "_resolve_refs": _called("value resources params conditions mappings stack_name stack_id"),
    },
    "ministack.services.cloudformation.handlers": {
        "_ACTION_HANDLERS": READ,
        "_resolve_stack": _called("stack_name"),
        "_capabilities_enforced": _replaced(""),
        "_resolve_parameters": _replaced("template provided_params previous_params"),
        "validate_template_support": _replaced("template conditions params"),
    },
    "ministack.services.cloudformation.helpers": {
        "_error": _called("code message status"),
    },
    "ministack.services.cloudformation.provisioners": {
        "_RESOURCE_HANDLERS": READ,
        "_custom_named_replacement_error": _replaced(
            "resource_type old_props new_props physical_id"
        ),
        "_physical_name": _called("stack_name logical_id lowercase max_len seeded"),
        "_property_recreation": _replaced("resource_type name"),
    },
    "ministack.services.cloudformation.stacks": {
        "_custom_named_replacement_error": _replaced(
            "resource_type old_props new_props physical_id"
        ),
        "_runs_on_worker_thread": _replaced("resource_type"),
    },
    "ministack.services.cloudwatch": {
        "_alarms": REPLACED,
        "cloudformation_delete_dashboard": _replaced("name"),
        "cloudformation_delete_metric_alarm": _replaced("name refuse_dependents"),
        "cloudformation_put_dashboard": _replaced("name body"),
        "cloudformation_put_metric_alarm": _replaced("alarm"),
        "cloudformation_set_metric_alarm_tags": _replaced("name tags"),
        "get_state": _replaced(""),
        "handle_request": _replaced(f"method path headers body {_PARAMS}"),
        "load_persisted_state": _replaced("data"),
        "record_metric": _replaced("namespace metric_name value unit dimensions"),
        "reset": _replaced(""),
    },
    "ministack.services.cloudwatch_logs": {
        "_create_log_group": _called("data"),
        "_create_log_stream": _called("data"),
        "_put_log_events": _called("data"),
        "_compile_filter_pattern": _replaced("raw"),
        "_fanout_to_subscription_filters": _replaced("group_name stream_name events"),
        "_filter_log_events": _replaced("data"),
        "_metric_filters": READ,
        "_put_metric_filter": _replaced("data"),
        "_put_subscription_filter": _replaced("data"),
        "_start_live_tail": _replaced("data"),
        "_subscription_pattern_matches": _replaced("pattern message"),
        "handle_request": _replaced(f"method path headers body {_PARAMS}"),
    },
    "ministack.services.eventbridge": {
        "_compiled_pattern": _called("pattern_str"),
        "_matches_detail": _called("detail pattern"),
        "_parse_pattern_text": _called("pattern_str"),
        "_put_events": _called("data allow_aws_source"),
        "_invoke_target": _replaced("target event rule view"),
    },
    "ministack.services.firehose": {
        "_streams": READ,
        "_deliver_records_to_s3": _replaced("stream dest records"),
        "_put_s3_object": _replaced("bucket key body"),
        "ingest_from_kinesis_source": _replaced("stream_arn records"),
    },
    "ministack.services.dynamodb": {
        "_delete_item": _replaced("data"),
        "_get_item": _replaced("data"),
        "_normalize_table_name": _called("value"),
        "_parse_path_from_tokens": _called("tokens attr_names"),
        "_put_item": _replaced("data"),
        "_query": _replaced("data"),
        "_scan": _replaced("data"),
        "_split_by_comma": _called("tokens"),
        "_tables": READ,
        "_tokenize": _called("expr"),
        "_transact_write_items": _replaced("data"),
        "_update_item": _replaced("data"),
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
    "ministack.services.iam": {
        "_roles": READ,
        "_trust_policy_not_principal_error": _replaced("doc"),
        "_users": READ,
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
        "invoke_async_with_retry": _replaced("func event"),
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
        "_apply_bucket_scope": _replaced("method bucket key headers query_params body internal"),
        "_bucket_replication": READ,
        "_buckets": READ,
        "_build_object_record": _replaced("body headers etag checksums"),
        "_S3_CHECKSUM_HEADERS": READ,
        "_SSE_STORED_HEADERS": REPLACED,
        "_bucket_encryption": READ,
        "_bucket_lifecycle": READ,
        "_apply_response_overrides": _called(f"resp_headers {_PARAMS}"),
        "_canonical_owner_id": _called("account_id"),
        "_check_copy_source_preconditions": _replaced("headers src_obj"),
        "_check_object_lock": _replaced("bucket_name key headers version_id"),
        "_check_put_preconditions": _replaced("headers existing_obj"),
        "_check_read_preconditions": _replaced("headers obj resp_headers"),
        "_compute_s3_checksum": _called("algorithm body"),
        "_copy_object": _replaced("bucket_name dest_key headers"),
        "_parse_bucket_key": _called("path headers"),
        "_resolve_multipart_checksum_algorithm": _called("headers"),
        "_resolve_sse_write_headers": _replaced("headers bucket_name"),
        "_check_sse_c_part": _called("headers upload"),
        "_collect_list_entries": _replaced("bucket_objects prefix delimiter max_keys start_after"),
        "_complete_multipart_upload": _replaced(f"bucket_name key body {_PARAMS} headers"),
        "_completed_multipart_uploads": READ,
        "_composite_checksum": _called("algorithm part_checksums"),
        "_delete_objects": _replaced("bucket_name body headers"),
        "_crc32c": _replaced("body"),
        "_crc64nvme": _replaced("body"),
        "_deliver_event_to_lambda": _replaced("arn event_payload bucket_region"),
        "_delete_object": _called(f"bucket_name key headers {_PARAMS}"),
        "_create_multipart_upload": _replaced("bucket_name key headers"),
        "_error": _replaced("code message status resource extra headers"),
        "_fire_s3_event_async": _called(
            "bucket_name key event_name size etag deletion_type version_id "
            "object_extra record_extra"
        ),
        "_get_object": _replaced(f"bucket_name key headers {_PARAMS}"),
        "_get_object_attributes": _replaced(f"bucket_name key headers {_PARAMS}"),
        "_get_object_data": _replaced("bucket_name key version_id"),
        "_head_object": _replaced(f"bucket_name key headers {_PARAMS}"),
        "_list_object_versions": _replaced(f"bucket_name {_PARAMS}"),
        "_no_such_bucket": _called("name"),
        "_reject_response_overrides_if_unsigned": _replaced(f"headers {_PARAMS} bucket_name key"),
        "_url_encode": _called("value"),
        "_iter_tag_pairs": _called("xml_root"),
        "_maybe_replicate": _called("bucket_name key obj data tags"),
        "_multipart_uploads": READ,
        "_object_lock_header_error": _replaced("bucket_name headers"),
        "_object_retention": READ,
        "_object_response_headers": _replaced("obj bucket_name key include_checksums"),
        "_object_tags": READ,
        "_object_versions": READ,
        "_object_disk_path": _called("bucket key account_id"),
        "_put_bucket_lifecycle": _replaced("name body"),
        "_put_bucket_policy": _replaced("name body"),
        "_put_bucket_tagging": _replaced("name body"),
        "_put_object": _replaced("bucket_name key body headers"),
        "_put_object_tagging": _replaced(f"bucket_name key body {_PARAMS}"),
        "_persist_object": _called("bucket key obj"),
        "_parse_multipart_form": _replaced("content_type body"),
        "_plain_path_key": _called("key"),
        "_post_object": _replaced("bucket_name body headers"),
        "_qp": _called("params key default"),
        "_read_body": _replaced("bucket_name key obj"),
        "_record_object_version": _called("bucket_name key prior_obj obj data"),
        "_stored_sse_headers": _called("obj"),
        "_xml_body": _called("root"),
        "_upload_part": _replaced(f"bucket_name key body {_PARAMS} headers"),
        "_upload_part_copy": _replaced(f"bucket_name dest_key {_PARAMS} headers"),
        "fromstring": READ,
        "handle_request": _replaced(
            f"method path headers body {_PARAMS} signed_path enforce_bucket_region internal "
            "access_point_region access_point"
        ),
        "now_iso": _called(""),
    },
    "ministack.services.sns": {
        "_HOST": READ,
        "_PORT": READ,
        "_build_envelope": _called("topic_arn msg_id message subject message_attributes raw"),
        "_confirm_subscription": _replaced("params"),
        "_deliver_to_lambda": _replaced(
            "endpoint envelope topic_arn sub_arn msg_id raw_message message_attributes"
        ),
        "_deliver_to_sqs": _called(
            "endpoint envelope raw raw_message message_group_id message_dedup_id "
            "message_attributes topic_arn"
        ),
        "_create_topic": _replaced("params"),
        "_error": _replaced("code message status"),
        "_fanout": _replaced(
            "topic_arn msg_id message subject message_structure message_attributes "
            "message_group_id message_dedup_id"
        ),
        "_find_subscription": _called("topic_arn sub_arn"),
        "_http_post_sync": _replaced("endpoint payload sns_message_type"),
        "_lambda_svc": READ,
        "_lambda_svc._get_func_record_for_ref": _called("function_ref"),
        "_list_subscriptions": _replaced("params"),
        "_list_subscriptions_by_topic": _replaced("params"),
        "_matches_filter_policy": _called("sub message_attributes message"),
        "_normalize_arn": _called("arn"),
        "_p": _called("params key default"),
        "_publish": _replaced("params"),
        "_publish_batch": _replaced("params"),
        "_refresh_subscription_counts": _called("topic"),
        "_resolve_message_for_protocol": _called("message message_structure protocol"),
        "_send_subscription_confirmation": _called("topic_arn sub"),
        "_set_subscription_attributes": _replaced("params"),
        "_set_topic_attributes": _replaced("params"),
        "_sub_arn_to_topic": REPLACED,
        "_subscribe": _replaced("params"),
        "_topic_by_arn_any_scope": _called("topic_arn"),
        "_topics": READ,
        "_unsubscribe": _replaced("params"),
        "SnsPublishError": READ,
        "publish_internal": _called(
            "topic_arn message subject message_structure message_attributes message_group_id "
            "message_deduplication_id"
        ),
        "topic_policy_allows": _called("topic_arn service source_arn source_account"),
    },
    "ministack.services.sqs": {
        "_Err": READ,
        "_HANDLERS": REPLACED,
        "_json_err_resp": _replaced("code msg status"),
        "_normalise": _replaced("action params"),
        "_p": _called("params key default"),
        "_queue_by_arn": _called("arn"),
        "_queues": READ,
        "_to_xml": _replaced("action result"),
        "_validate_numeric_attrs": _replaced("attrs"),
        "_xml_resp": _called("status root inner"),
        "esm_wake": READ,
        "queue_delay": _called("q"),
        "queue_policy_allows": _called("queue_arn service source_arn source_account"),
        "_queue_ref_from_urlish": _called("url"),
    },
    "ministack.services.sts": {
        "_gen_secret": _called(""),
        "_gen_session_access_key": _called(""),
        "_gen_session_token": _called(""),
        "_role_id": _called("role_arn"),
        "register_session": _called("access_key session"),
    },
}
