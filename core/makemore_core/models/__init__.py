"""The model families, one file each. `registry` names them; `base` holds the contract that they keep."""
