insert into karat.deployment (status) values ('running') returning id
