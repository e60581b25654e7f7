"""Mutants that are not reported, or not repaired, and why."""

from __future__ import annotations

_RIGHT = "it is right after all: "
_NOT_KNOWN = "what becomes of it is not known: "
_ELSEWHERE = f"{_NOT_KNOWN}a module that isn't there gets it"
_LANGFLOW = "langflow-base-1.13.0/langflow/api"
_SKYVERN = "skyvern-1.0.56/skyvern/forge/sdk/routes"
NOT_REPORTED = {
    "BGT101/bad_factory_of_fresh/main.py:11 none": "the helper returns it, and nothing is made",
    "BGT101/bad_many_shapes/main.py:41 unannotated": "tasks are added under another name",
    "BGT101/clean_or_on_injected_parameter/main.py:16 unannotated": "it is rebound before its use",
    "BGT201/clean_replaced_functions/mailing.py:1 from_starlette": (
        f"{_NOT_KNOWN}the function is replaced"
    ),
    "BGT202/bad_guarded_helper/main.py:15 none": f"{_RIGHT}the helper does without",
    "BGT203/clean_helper_as_plain_default/main.py:11 fresh": (
        f"{_NOT_KNOWN}the helper hands it to a function that it gets"
    ),
    "BGT203/clean_other_depends/pipeline/main.py:10 shared": (
        f"{_NOT_KNOWN}another library's Depends gets it"
    ),
    "BGT307/clean_signature_set_by_decorator/decorators.py:4 from_starlette": (
        f"{_NOT_KNOWN}the signature is set when it runs"
    ),
    "BGT308/bad_wrong_error_is_caught/main.py:16 own_instance": (
        f"{_NOT_KNOWN}the class has two sources"
    ),
    "BGT308/clean_right_imports/main.py:34 single_task": f"{_NOT_KNOWN}the class has two sources",
    "BGT401/bad_handed_to_response_helper/main.py:15 own_instance": (
        f"{_RIGHT}the response carries it"
    ),
    "BGT402/clean_nothing_added_before/main.py:32 single_task": (
        "BGT401 names it: the response displaces a dependency's task"
    ),
    "BGT406/clean_no_response/main.py:29 displaced": f"{_RIGHT}its own class is no response",
    "BGT407/clean_joined_threads/main.py:39 unannotated": "executor.submit() is not looked into",
    "BGT407/clean_joined_threads/main.py:41 fresh": "executor.submit() is not looked into",
    "BGT503/clean_same_names_elsewhere/main.py:17 raises": f"{_RIGHT}the task is another function",
    f"{_LANGFLOW}/build.py:876 handed_over": "BGT503 names it: the last argument is missing",
    f"{_LANGFLOW}/build.py:895 handed_over": "BGT503 names it: the last argument is missing",
    f"{_LANGFLOW}/v2/workflow_execution.py:721 fresh": f"{_RIGHT}the helper adds nothing",
    "open-webui-0.12.4/open_webui/utils/auth.py:567 called_in_depends": (
        f"{_NOT_KNOWN}who depends on the function isn't there"
    ),
    f"{_SKYVERN}/agent_protocol.py:4144 own_instance": _ELSEWHERE,
    f"{_SKYVERN}/agent_protocol.py:4914 own_instance": _ELSEWHERE,
    f"{_SKYVERN}/agent_protocol.py:4249 left_out": _ELSEWHERE,
    f"{_SKYVERN}/agent_protocol.py:4954 left_out": _ELSEWHERE,
    f"{_SKYVERN}/agent_protocol.py:469 fresh": _ELSEWHERE,
    f"{_SKYVERN}/agent_protocol.py:3974 fresh": _ELSEWHERE,
    f"{_SKYVERN}/agent_protocol.py:4249 fresh": _ELSEWHERE,
    f"{_SKYVERN}/agent_protocol.py:4954 fresh": _ELSEWHERE,
    f"{_SKYVERN}/agent_protocol.py:4257 raised": _ELSEWHERE,
    f"{_SKYVERN}/run_blocks.py:343 own_instance": _ELSEWHERE,
    f"{_SKYVERN}/run_blocks.py:308 fresh": _ELSEWHERE,
    f"{_SKYVERN}/run_blocks.py:166 shared": _ELSEWHERE,
}
NOT_REPAIRED = {
    "BGT306/clean_app_factory/main.py:7 single": "FastAPI is imported as if it may be missing",
    "BGT306/clean_helper_only/main.py:10 none": "the helper can't be given an instance",
    "BGT407/clean_waited_for_elsewhere/main.py:24 none": "the helper isn't waited for there",
    "BGT604/clean_other_parts/main.py:19 own_instance": "something may replace the path operation",
    "BGT604/clean_other_parts/main.py:24 single_task": "something may replace the path operation",
}
