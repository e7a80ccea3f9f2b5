create table placeholder (id integer);
