#!/usr/bin/python3
"""The check set of csts-eval as label tables: csts_eval_ref.py FOLDER, the folder with the authors' JSON lines (tests/use_case of
github.com/isabelladegen/corrclust-validation: the truth misty-forest-56 and three untuned TICC results). Writes tests/oracle/csts_eval/*.csv:
subject_id,id,start idx,end idx,length,cluster_id,r12,r13,r23. The expected values in tests/csts-eval.bats are those of the authors' tests."""
import csv
import json
import os
import sys

NAMES = {"misty-forest-56_p90_normal_gt": "truth", "ds_nn_p90_untuned_ticc_result_23_clusters": "ticc_ds_23",
         "nn_p90_untuned_ticc_result_8clusters": "ticc_nn_8", "nn_p90_untuned_ticc_result_23_clusters": "ticc_nn_23"}
OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "csts_eval")

for name, short in NAMES.items():
    with open(os.path.join(sys.argv[1], name + ".jsonl")) as lines, open(os.path.join(OUT, short + ".csv"), "w", newline="") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow("subject_id,id,start idx,end idx,length,cluster_id,r12,r13,r23".split(","))
        for line in lines:
            row = json.loads(line)
            r = row["correlation achieved"]
            r = json.loads(r) if isinstance(r, str) else r
            table.writerow([row[c] for c in ("subject_id", "id", "start idx", "end idx", "length", "cluster_id")] + [f"{x:g}" for x in r])
