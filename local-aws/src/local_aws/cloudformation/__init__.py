"""CloudFormation: ministack's engine, and resources that are made by the services' own calls.

`schemas` says what a resource may declare, `checks` refuses the rest before anything is made,
`types` makes, changes and removes resources, `calls` is how they call the services, as the stack's
role or as whom called CloudFormation, and `handlers` puts all of it into ministack's engine.
"""
