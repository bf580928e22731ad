#!/usr/bin/env python3
"""Splink's side of the comparison: one process that cleans, trains or loads a model, predicts and clusters.

The model is the tuned one of the measurements this repository is held against: separate forename and surname
comparisons, one joint comparison of postcode and telephone, check digits tested, 16 blocking rules. Run by splink.py
in the virtual environment that it makes, isolated (`python -I`), since a file beside it is called splink.py too."""

import argparse
import json
import time

import duckdb
import splink.comparison_level_library as cll
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.blocking_rule_library import CustomRule

# Pairs of one session of expectation maximisation: without a cap those of a million records take
# minutes.
EM_PAIRS = 5e6

CLEAN = r"""
create table cleaned as
with raw as (
  select record_id,
    regexp_replace(regexp_replace(lower(strip_accents(trim(coalesce(forename, '')))),
      '^(mr|mrs|ms|miss|dr|master|mx)\.?\s+', ''), '[^a-z \-]', '', 'g') as f,
    regexp_replace(lower(strip_accents(trim(coalesce(middle, '')))), '[^a-z \-]', '', 'g') as m,
    regexp_replace(lower(strip_accents(trim(coalesce(surname, '')))), '[^a-z \-]', '', 'g') as s,
    try_cast(dob as date) as d,
    upper(left(trim(coalesce(sex, '')), 1)) as x,
    upper(regexp_replace(coalesce(postcode, ''), '[^A-Za-z0-9]', '', 'g')) as p,
    right(regexp_replace(coalesce(phone, ''), '[^0-9]', '', 'g'), 10) as t,
    regexp_replace(coalesce(nhs_number, ''), '[^0-9]', '', 'g') as n,
    upper(regexp_replace(coalesce(upn, ''), '[^A-Za-z0-9]', '', 'g')) as u,
    upper(regexp_replace(coalesce(pnc_id, ''), '[^A-Za-z0-9/]', '', 'g')) as c
  from read_csv('{file}', header = true, all_varchar = true)),
checked as (
  select *, case when length(n) = 10 and n <> '0000000000' and
    (list_sum([cast(n[i] as int) * (11 - i) for i in range(1, 11)]) % 11 = 0) then n end as nhs_ok,
    case when regexp_matches(c, '^[0-9]+/[0-9]+[A-Z]$') then c end as c_ok
  from raw)
select record_id as unique_id,
  case when f in ('', 'baby', 'twin', 'unknown', 'unborn', 'not known', 'na') or f like 'baby %' or f like 'twin %'
    then null else replace(f, '-', ' ') end as forename,
  nullif(replace(m, '-', ' '), '') as middle,
  case when s in ('', 'unknown', 'not known') then null else replace(s, '-', ' ') end as surname,
  case when d is null or year(d) <= 1900 then null else strftime(d, '%Y-%m-%d') end as dob,
  case when x in ('M', 'F') then x end as sex,
  case when length(p) between 5 and 7 and p not like 'ZZ99%' then p end as postcode,
  case when length(t) = 10 and t not in ('0000000000', '9999999999') then t end as phone,
  nhs_ok as nhs,
  case when regexp_matches(u, '^[A-Z][0-9]{{12}}$') then u end as upn,
  case when c_ok is not null then
    right(split_part(c_ok, '/', 1), 2) || '/' || lpad(split_part(c_ok, '/', 2), 8, '0') end as pnc,
  list_distinct([w for w in string_split(replace(s, '-', ' '), ' ') if length(w) > 2]) as surname_parts
from checked
"""


def level(sql, label, **more):
    return cll.CustomLevel(sql, label_for_charts=label).configure(**more) if more else cll.CustomLevel(sql, label)


def settings():
    def null(name):
        return cll.NullLevel(name)

    forename = {
        "output_column_name": "forename",
        "comparison_levels": [
            null("forename"),
            cll.ExactMatchLevel("forename", term_frequency_adjustments=True),
            cll.JaroWinklerLevel("forename", 0.92),
            level('"forename_l" = "surname_r" or "forename_r" = "surname_l"', "Forename is the other's surname"),
            level('"forename_l" = "middle_r" or "forename_r" = "middle_l"', "Forename is the other's middle name"),
            cll.JaroWinklerLevel("forename", 0.8),
            level('(length("forename_l") = 1 or length("forename_r") = 1) and '
                  'substr("forename_l", 1, 1) = substr("forename_r", 1, 1)', "Initial"),
            cll.ElseLevel(),
        ],
    }
    surname = {
        "output_column_name": "surname",
        "comparison_levels": [
            null("surname"),
            cll.ExactMatchLevel("surname", term_frequency_adjustments=True),
            cll.JaroWinklerLevel("surname", 0.92),
            level('"surname_l" = "forename_r" or "surname_r" = "forename_l"', "Surname is the other's forename"),
            level('len(list_intersect("surname_parts_l", "surname_parts_r")) >= 1', "Share a part"),
            cll.JaroWinklerLevel("surname", 0.8),
            cll.ElseLevel(),
        ],
    }
    middle = {
        "output_column_name": "middle",
        "comparison_levels": [
            null("middle"),
            cll.ExactMatchLevel("middle"),
            level('substr("middle_l", 1, 1) = substr("middle_r", 1, 1)', "Initial"),
            cll.ElseLevel(),
        ],
    }
    years = 'abs(datediff(\'day\', cast("dob_l" as date), cast("dob_r" as date)))'
    dob = {
        "output_column_name": "dob",
        "comparison_levels": [
            null("dob"),
            cll.ExactMatchLevel("dob", term_frequency_adjustments=True),
            level('substr("dob_l", 1, 4) = substr("dob_r", 1, 4) and substr("dob_l", 6, 2) = substr("dob_r", 9, 2) '
                  'and substr("dob_l", 9, 2) = substr("dob_r", 6, 2)', "Day and month swapped"),
            cll.DamerauLevenshteinLevel("dob", 1),
            level(f"{years} <= 366", "Within 1 year"),
            level(f"{years} <= 3653", "Within 10 years"),
            cll.ElseLevel(),
        ],
    }
    sex = {
        "output_column_name": "sex",
        "comparison_levels": [null("sex"), cll.ExactMatchLevel("sex"), cll.ElseLevel()],
    }
    place = {
        "output_column_name": "postcode_phone",
        "comparison_levels": [
            cll.CustomLevel('("postcode_l" is null or "postcode_r" is null) and '
                            '("phone_l" is null or "phone_r" is null)', "Nothing to compare").configure(
                                is_null_level=True),
            level('"postcode_l" = "postcode_r" and "phone_l" = "phone_r"', "Same postcode and phone"),
            level('"phone_l" = "phone_r"', "Same phone"),
            level('"postcode_l" = "postcode_r"', "Same postcode"),
            level('substr("postcode_l", 1, length("postcode_l") - 2) = '
                  'substr("postcode_r", 1, length("postcode_r") - 2)', "Same postcode sector"),
            cll.ElseLevel(),
        ],
    }

    def number(name, near=True):
        levels = [null(name), cll.ExactMatchLevel(name)]
        if near:
            levels.append(cll.DamerauLevenshteinLevel(name, 1))
        return {"output_column_name": name, "comparison_levels": [*levels, cll.ElseLevel()]}

    rules = [
        block_on("nhs"), block_on("upn"), block_on("pnc"), block_on("phone"),
        block_on("forename", "surname"),
        CustomRule('l."forename" = r."surname" and l."surname" = r."forename"', sql_dialect="duckdb"),
        block_on("dob", "postcode"), block_on("dob", "substr(forename, 1, 1)"), block_on("dob", "substr(surname, 1, 1)"),
        block_on("postcode", "forename"),
        block_on("postcode", "substr(forename, 1, 1)", "substr(surname, 1, 1)"),
        block_on("postcode", "substr(dob, 1, 4)"),
        block_on("substr(dob, 1, 7)", "forename"), block_on("substr(dob, 1, 7)", "surname"),
        block_on("surname", "substr(forename, 1, 1)", "substr(dob, 1, 4)"),
        CustomRule('l."surname" = r."surname" and substr(l."dob", 1, 4) = substr(r."dob", 1, 4) and '
                   'substr(l."dob", 6, 2) = substr(r."dob", 9, 2) and substr(l."dob", 9, 2) = substr(r."dob", 6, 2)',
                   sql_dialect="duckdb"),
    ]
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="unique_id",
        comparisons=[forename, surname, middle, dob, sex, place, number("nhs"), number("upn"), number("pnc", False)],
        blocking_rules_to_generate_predictions=rules,
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
        max_iterations=20,
    )


def train(linker, seed):
    linker.training.estimate_probability_two_random_records_match(
        [block_on("nhs"), block_on("upn"), block_on("forename", "surname", "dob"),
         block_on("forename", "phone", "dob")], recall=0.75)
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=seed)
    for rule in (block_on("dob"), block_on("nhs"), block_on("forename", "surname")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule, max_pairs=EM_PAIRS)


def main():
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--records", required=True)
    asked.add_argument("--out", required=True, help="record_id,person_id")
    asked.add_argument("--model", help="a saved model: load it instead of training")
    asked.add_argument("--save-model", help="where the trained model goes")
    asked.add_argument("--threads", type=int, default=2)
    asked.add_argument("--threshold", type=float, default=0.95)
    asked.add_argument("--seed", type=int, default=1)
    args = asked.parse_args()
    stages, began = {}, time.monotonic()

    def done(stage):
        nonlocal began
        stages[stage] = round(time.monotonic() - began, 2)
        began = time.monotonic()

    connection = duckdb.connect(":memory:")
    connection.execute(f"set threads = {args.threads}")
    connection.execute(CLEAN.format(file=args.records.replace("'", "''")))
    done("load")
    api = DuckDBAPI(connection)
    linker = Linker(api.register("cleaned"), args.model or settings(), log_level="WARNING")
    if not args.model:
        train(linker, args.seed)
        if args.save_model:
            linker.misc.save_model_to_json(args.save_model, overwrite=True)
    done("train")
    pairs = linker.inference.predict(threshold_match_weight=-4)
    done("predict")
    people = linker.clustering.cluster_pairwise_predictions_at_threshold(
        pairs, threshold_match_probability=args.threshold)
    connection.execute(
        f"copy (select unique_id as record_id, cluster_id as person_id from {people.physical_name}) "
        f"to '{args.out}' (header, delimiter ',')")
    done("cluster")
    count = connection.execute(f"select count(*) from {pairs.physical_name}").fetchone()[0]
    print(json.dumps({"seconds": stages, "pairs_kept": count}))


if __name__ == "__main__":
    main()
