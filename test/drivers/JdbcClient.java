// JDBC: see clients.py.

import java.sql.*;
import java.time.*;
import java.util.*;
import java.util.regex.*;
import org.postgresql.*;
import org.postgresql.util.*;

class JdbcClient {
    interface Steps {
        void run() throws Exception;
    }

    static final OffsetDateTime BEGIN = OffsetDateTime.parse("2126-04-12T18:00+12:00");
    static final OffsetDateTime END = OffsetDateTime.parse("2126-04-12T22:00+12:00");

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

    /** With a threshold of -1 all is prepared, and in binary what the driver knows in binary. */
    static Connection connect(int threshold) throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://?service=manager&prepareThreshold=" + threshold);
    }

    /** A range is an object with the name of its type. */
    static PGobject evening() throws SQLException {
        PGobject range = new PGobject();
        range.setType("tstzrange");
        range.setValue("[" + BEGIN + "," + END + ")");
        return range;
    }

    static PreparedStatement prepare(Connection connection, String sql, Object... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < values.length; i++)
            statement.setObject(i + 1, values[i]);
        return statement;
    }

    static List<List<Object>> rows(Connection connection, String sql, Object... values) throws SQLException {
        List<List<Object>> rows = new ArrayList<>();
        try (PreparedStatement statement = prepare(connection, sql, values);
             ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                List<Object> row = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++)
                    row.add(result.getObject(i));
                rows.add(row);
            }
        }
        return rows;
    }

    static void comesAndGoes(Connection connection, String type, String expression, boolean own) throws SQLException {
        List<Object> row = rows(connection, "SELECT " + expression + ", CAST(" + expression + " AS text)").get(0);
        Object value = row.get(0);
        if (own && value != null)
            same(value.toString(), row.get(1));
        same(value == null, row.get(1) == null);
        same(rows(connection, "SELECT CAST(CAST(? AS " + type + ") AS text)", value).get(0).get(0), row.get(1));
    }

    static void types(Connection connection) throws SQLException {
        for (List<Object> probe : rows(connection, "SELECT type, expression, own FROM drivers.probe"))
            check("type " + probe.get(0), () ->
                comesAndGoes(connection, (String) probe.get(0), (String) probe.get(1), (Boolean) probe.get(2)));
    }

    static void calls(Connection connection, String name, Object rotation, Object person) {
        check("calls by " + name, () -> {
            same(rows(connection, "SELECT oncall.on_call(?, ?)", rotation, BEGIN).get(0).get(0).toString(), "(3,1)");
            Timestamp begin = Timestamp.from(BEGIN.toInstant());
            same(rows(connection, "SELECT seat, person_id, starts_at FROM oncall.roster(during => ?, rotation => ?)",
                    evening(), rotation),
                List.of(List.of(1, 3, begin), List.of(2, 1, begin)));
            List<List<Object>> duties = rows(connection,
                "SELECT d FROM oncall.duties(person => ?, during => ?) AS d", person, evening());
            same(duties.size(), 1);
            same(duties.get(0).get(0).toString().startsWith("(1,SRE,1,primary,"), true);
        });
    }

    static void dates(Connection connection) {
        check("calls with dates", () -> {
            PGobject hours = new PGobject();
            hours.setType("oncall.weekly_hours");
            hours.setValue("Mo-Su 00:00-24:00; PH off");
            same(rows(connection, "SELECT oncall.is_open(hours => ?, at => ?, zone => ?, holidays => ARRAY[?])",
                hours, BEGIN, "Pacific/Auckland", LocalDate.of(2126, 4, 12)).get(0).get(0), false);
        });
    }

    static void refused(Connection connection, String state, String name, int times, String sql, Object... values)
            throws SQLException {
        connection.setAutoCommit(false);
        check("refused " + state + " " + name, () -> {
            try {
                for (int i = 0; i < times; i++)
                    prepare(connection, sql, values).execute();
                connection.commit();
                throw new IllegalStateException("committed");
            } catch (PSQLException refused) {
                same(refused.getSQLState(), state);
                same(refused.getServerErrorMessage().getConstraint(), name);
            }
        });
        connection.rollback();
        connection.setAutoCommit(true);
    }

    static String number(String json, String key) {
        Matcher found = Pattern.compile("\"" + key + "\": ?([0-9]+)").matcher(json);
        return found.find() ? found.group(1) : null;
    }

    static void page(Connection connection) throws SQLException {
        try (Connection gateway = connect(5); Statement listen = gateway.createStatement()) {
            listen.execute("LISTEN oncall_page");
            check("a page at the commit", () -> {
                PGConnection notified = gateway.unwrap(PGConnection.class);
                connection.setAutoCommit(false);
                Object incident = rows(connection, "SELECT oncall.open_incident(?, summary => ?, severity => ?)",
                    1, "Search \"down\" \u2013 jdbc", "SEV2").get(0).get(0);
                same(notified.getNotifications(100).length, 0);
                connection.commit();
                connection.setAutoCommit(true);
                String heard = notified.getNotifications(0)[0].getParameter();
                same(number(heard, "incident_id"), incident.toString());
                same(heard.contains("\"Search \\\"down\\\" \u2013 jdbc\""), true);
                String claimed = null;
                for (List<Object> page : rows(gateway,
                        "SELECT * FROM oncall.claim_pages(?, max_pages => ?, lease => CAST(? AS interval))",
                        "jdbc", 100, "1 minute"))
                    if (page.get(0).toString().equals(number(heard, "page_id")))
                        claimed = page.get(1).toString();
                same(number(claimed, "incident_id"), incident.toString());
                rows(gateway, "SELECT oncall.page_sent(?)", Long.valueOf(number(heard, "page_id")));
            });
        }
    }

    public static void main(String[] arguments) throws SQLException {
        for (int threshold : new int[] {5, -1})
            try (Connection connection = connect(threshold)) {
                types(connection);
                for (Object id : new Object[] {1, 1L, (short) 1})
                    calls(connection, "id", id, 3);
                calls(connection, "name", "SRE", "Maria");
                dates(connection);
            }
        try (Connection connection = connect(5)) {
            refused(connection, "23514", "oncall_distinct_seats", 1,
                "SELECT oncall.cover_shift(?, ?, ?, ?)", 1, evening(), 3, 1);
            refused(connection, "23P01", "cover_no_overlap", 2,
                "INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (?, ?, ?, ?)",
                1, 1, evening(), 2);
            page(connection);
        }
    }
}
