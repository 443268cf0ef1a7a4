"""What tools ask of a reader's connection by ODBC: the functions that read catalogs."""

import pyodbc

from clients import check


def column(rows, name):
    return [getattr(row, name) for row in rows]


def only_oncall(found):
    assert found and set(found) == {"oncall"}, set(found)


def main():
    connection = pyodbc.connect("DSN=company")
    cursor = connection.cursor()

    def count(what):
        return cursor.execute(f"SELECT count(*) FROM {what}").fetchone()[0]

    def constraints(kind):
        return count("pg_constraint, unnest(conkey)"
                     f" WHERE connamespace = 'oncall'::regnamespace AND contype = '{kind}'")

    def of_oncall(rows, name):
        return [value for value in column(rows, name) if value.startswith("oncall")]

    with check("schemas"):
        assert "oncall" in column(cursor.tables(catalog="", schema="%", table="").fetchall(), "table_schem")
    with check("tables"):
        for kinds in None, "TABLE,VIEW":
            only_oncall(of_oncall(cursor.tables(tableType=kinds).fetchall(), "table_schem"))
        relations = column(cursor.tables(schema="oncall").fetchall(), "table_name")
        tables = column(cursor.tables(schema="oncall", tableType="TABLE").fetchall(), "table_name")
        assert len(tables) == count("pg_tables WHERE schemaname = 'oncall'"), tables
    with check("columns"):
        # asked for all columns, this driver tells of indexes' and types', too; a tool asks for a table's
        columns = [row for row in cursor.columns(schema="oncall").fetchall()
                   if row.table_name in relations]
        assert len(columns) == count(
            "pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE c.relnamespace = 'oncall'::regnamespace"
            " AND c.relkind IN ('r', 'v') AND a.attnum > 0 AND NOT a.attisdropped"), len(columns)
    with check("keys"):
        primary, imported, exported = [], [], []
        for table in tables:
            primary += cursor.primaryKeys(table, schema="oncall").fetchall()
            imported += cursor.foreignKeys(foreignTable=table, foreignSchema="oncall").fetchall()
            exported += cursor.foreignKeys(table=table, schema="oncall").fetchall()
        assert len(primary) == constraints("p"), len(primary)
        assert len(imported) == len(exported) == constraints("f"), (len(imported), len(exported))
        only_oncall(column(imported, "pktable_schem"))
    with check("indexes"):
        names = set()
        for table in tables:
            names.update(column(cursor.statistics(table, schema="oncall").fetchall(), "index_name"))
        names.discard(None)
        assert len(names) == count("pg_indexes WHERE schemaname = 'oncall'"), len(names)
    with check("functions"):
        names = set(column(cursor.procedures(schema="oncall").fetchall(), "procedure_name"))
        assert len(names) == count("(SELECT DISTINCT proname FROM pg_proc"
                                   " WHERE pronamespace = 'oncall'::regnamespace) p"), len(names)
        assert cursor.procedureColumns(procedure="roster", schema="oncall").fetchall()
        assert cursor.getTypeInfo().fetchall()
    with check("rows"):
        readable = cursor.execute("SELECT table_name FROM information_schema.tables"
                                  " WHERE table_schema = 'oncall'").fetchall()
        for table, in readable:
            cursor.execute(f'SELECT * FROM "oncall"."{table}" LIMIT 10000').fetchall()


if __name__ == "__main__":
    main()
