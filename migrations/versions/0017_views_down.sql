DROP TABLE view_version;

DROP TABLE view;
