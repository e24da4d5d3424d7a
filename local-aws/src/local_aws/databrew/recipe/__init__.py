"""Recipe steps: `steps` checks them, `carry_out` makes views of them, `types` casts as DataBrew."""
