// What tools ask of a reader's connection by JDBC: its DatabaseMetaData. (The
// queries that Metabase and Grafana make themselves: test/pgtap/catalogs.sql.)

import java.sql.*;
import java.util.*;
import java.util.function.*;

class JdbcCatalogs {
    interface Steps {
        void run() throws Exception;
    }

    static final String[] TABLES = {"TABLE", "VIEW", "PARTITIONED TABLE", "MATERIALIZED VIEW", "FOREIGN TABLE"};

    static void check(String name, Steps steps) {
        try {
            steps.run();
            System.out.println("ok " + name);
        } catch (Exception error) {
            System.out.println("not ok " + name + ": " + error.toString().replace("\n", " "));
        }
    }

    static void same(Object found, Object expected) {
        if (!Objects.equals(found, expected))
            throw new IllegalStateException(found + " instead of " + expected);
    }

    static List<Map<String, String>> rows(ResultSet result) throws SQLException {
        List<Map<String, String>> rows = new ArrayList<>();
        try (result) {
            ResultSetMetaData columns = result.getMetaData();
            while (result.next()) {
                Map<String, String> row = new LinkedHashMap<>();
                for (int i = 1; i <= columns.getColumnCount(); i++)
                    row.put(columns.getColumnLabel(i).toUpperCase(), result.getString(i));
                rows.add(row);
            }
        }
        return rows;
    }

    static int count(Statement statement, String from) throws SQLException {
        return Integer.parseInt(rows(statement.executeQuery("SELECT count(*) FROM " + from)).get(0).get("COUNT"));
    }

    /** There are some, and each has a comment. */
    static void explained(List<Map<String, String>> rows) {
        same(rows.isEmpty(), false);
        for (Map<String, String> row : rows)
            if (row.get("REMARKS") == null || row.get("REMARKS").isBlank())
                throw new IllegalStateException("no comment: " + row);
    }

    static void internal(List<Map<String, String>> rows, String schema, Predicate<Map<String, String>> but) {
        for (Map<String, String> row : rows)
            if (row.get(schema).equals("oncall_internal") && !but.test(row))
                throw new IllegalStateException("internal: " + row);
    }

    static void keys(DatabaseMetaData data, Statement statement) throws SQLException {
        int primary = 0, imported = 0, exported = 0;
        for (Map<String, String> table : rows(data.getTables(null, "oncall", "%", new String[] {"TABLE"}))) {
            String name = table.get("TABLE_NAME");
            primary += rows(data.getPrimaryKeys(null, "oncall", name)).size();
            List<Map<String, String>> foreign = rows(data.getImportedKeys(null, "oncall", name));
            internal(foreign, "PKTABLE_SCHEM", row -> false);
            imported += foreign.size();
            exported += rows(data.getExportedKeys(null, "oncall", name)).size();
        }
        String constraints = "pg_constraint, unnest(conkey)"
            + " WHERE connamespace = 'oncall'::regnamespace AND contype = ";
        same(primary, count(statement, constraints + "'p'"));
        same(imported, count(statement, constraints + "'f'"));
        same(exported, imported);
    }

    static void indexes(DatabaseMetaData data, Statement statement) throws SQLException {
        Set<String> names = new HashSet<>();
        for (Map<String, String> table : rows(data.getTables(null, "oncall", "%", new String[] {"TABLE"})))
            for (Map<String, String> index : rows(
                    data.getIndexInfo(null, "oncall", table.get("TABLE_NAME"), false, true)))
                names.add(index.get("INDEX_NAME"));
        same(names.size(), count(statement, "pg_indexes WHERE schemaname = 'oncall'"));
    }

    static void functions(DatabaseMetaData data) throws SQLException {
        explained(rows(data.getFunctions(null, "oncall", "%")));
        same(rows(data.getFunctionColumns(null, "oncall", "%", "%")).isEmpty(), false);
        internal(rows(data.getProcedures(null, null, "%")), "PROCEDURE_SCHEM", row -> false);
        same(rows(data.getTypeInfo()).isEmpty(), false);
    }

    static void tables(DatabaseMetaData data) throws SQLException {
        internal(rows(data.getTables(null, null, "%", TABLES)), "TABLE_SCHEM", row -> false);
        // whoever asks for anything at all gets types
        internal(rows(data.getTables(null, null, "%", null)), "TABLE_SCHEM",
            row -> row.get("TABLE_TYPE").equals("TYPE"));
        explained(rows(data.getTables(null, "oncall", "%", TABLES)));
        same(rows(data.getTableTypes()).isEmpty(), false);
        same(rows(data.getTablePrivileges(null, "oncall", "%")).isEmpty(), false);
    }

    /** A driver that is told to hides what may not be read. */
    static void hidden(Statement other) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                "jdbc:postgresql://?service=reader&hideUnprivilegedObjects=true")) {
            same(rows(connection.getMetaData().getTables(null, "oncall", "%", TABLES)).size(),
                count(other, "information_schema.tables WHERE table_schema = 'oncall'"));
        }
    }

    static void readAll(Statement statement) throws SQLException {
        for (Map<String, String> table : rows(statement.executeQuery(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'oncall'")))
            rows(statement.executeQuery("SELECT * FROM \"oncall\".\"" + table.get("TABLE_NAME") + "\" LIMIT 10000"));
    }

    public static void main(String[] arguments) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:postgresql://?service=reader");
             Statement statement = connection.createStatement()) {
            DatabaseMetaData data = connection.getMetaData();
            check("schemas", () -> same(rows(data.getSchemas()).stream().anyMatch(
                row -> row.get("TABLE_SCHEM").equals("oncall")), true));
            check("tables", () -> {
                tables(data);
                hidden(statement);
            });
            check("columns", () -> {
                internal(rows(data.getColumns(null, null, "%", "%")), "TABLE_SCHEM", row -> false);
                explained(rows(data.getColumns(null, "oncall", "%", "%")));
            });
            check("keys", () -> keys(data, statement));
            check("indexes", () -> indexes(data, statement));
            check("functions", () -> functions(data));
            check("rows", () -> readAll(statement));
        }
    }
}
