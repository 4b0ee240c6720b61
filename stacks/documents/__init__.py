"""Policy documents as pure functions of names and account ids: nothing here knows Pulumi or asks AWS."""
