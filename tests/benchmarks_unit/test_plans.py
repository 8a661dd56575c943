"""What counts as a slow node of a plan."""

from benchmarks.plans import slow_nodes


def test_a_sort_anywhere_in_the_plan_is_found() -> None:
    plan = {"Node Type": "Limit", "Plans": [{"Node Type": "Sort", "Plans": [{"Node Type": "Index Scan"}]}]}
    assert slow_nodes(plan, "vault_") == {"Sort"}


def test_reading_a_whole_table_of_the_vault_is_found_by_its_name() -> None:
    plan = {"Node Type": "Seq Scan", "Relation Name": "vault_file"}
    assert slow_nodes(plan, "vault_") == {"Seq Scan vault_file"}


def test_reading_a_whole_small_table_of_others_is_not() -> None:
    assert slow_nodes({"Node Type": "Seq Scan", "Relation Name": "authtoken_token"}, "vault_") == set()


def test_an_ordered_index_scan_is_not() -> None:
    plan = {"Node Type": "Limit", "Plans": [{"Node Type": "Index Scan", "Relation Name": "vault_file"}]}
    assert slow_nodes(plan, "vault_") == set()
