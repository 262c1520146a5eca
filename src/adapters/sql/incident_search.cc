#include "adapters/sql/incident_search.h"

#include <optional>
#include <vector>

#include "core/text.h"

namespace selfheal::sql {
namespace {

constexpr std::size_t kShortest = 3;

/// A row of incident_texts.
struct TextRow {
  long long row = 0;
  std::string text;
};

Result<std::optional<TextRow>> FindText(Connection& db,
                                        const std::string& incident,
                                        const std::string& alertname) {
  Statement query = db.Query(
      "SELECT row, text FROM incident_texts WHERE incident = ?"
      " AND alertname = ?",
      incident, alertname);
  std::optional<TextRow> out;
  if (query.Next()) out = {query.Integer(0), query.Text(1)};
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  return out;
}

/// Keeps the index of three characters, where the engine has one: `before` is
/// "" for a new row.
Result<void> Index(Connection& db, long long row, const std::string& before,
                   const std::string& text) {
  if (!db.HasWordIndex()) return {};
  Result<long long> done = 0;
  if (!before.empty()) {
    done = db.Run(
        "INSERT INTO incident_words(incident_words, rowid, text)"
        " VALUES('delete', ?, ?)",
        row, before);
  }
  if (done.ok()) {
    done = db.Run("INSERT INTO incident_words(rowid, text) VALUES(?,?)", row,
                  text);
  }
  if (!done.ok()) return done.error();
  return {};
}

Result<void> Put(Connection& db, const std::string& incident,
                 const std::string& alertname, const std::string& said) {
  const std::string text = InLowerCase(said);
  const auto old = FindText(db, incident, alertname);
  if (!old.ok()) return old.error();
  if (*old && (*old)->text == text) return {};
  if (!*old) {
    const Result<long long> row =
        NewRow(db.Query("INSERT INTO incident_texts(incident, alertname, text)"
                        " VALUES(?,?,?) RETURNING row",
                        incident, alertname, text));
    if (!row.ok()) return row.error();
    return Index(db, *row, "", text);
  }
  const Result<long long> done = db.Run(
      "UPDATE incident_texts SET text = ? WHERE row = ?", text, (*old)->row);
  if (!done.ok()) return done.error();
  return Index(db, (*old)->row, (*old)->text, text);
}

/// Alerts of these rows that the incident is not searched by yet.
Result<std::vector<std::string>> NewNames(Connection& db,
                                          const std::string& incident,
                                          long long first, long long last) {
  Statement query = db.Query(
      "SELECT DISTINCT alertname FROM alerts"
      " WHERE row BETWEEN ?2 AND ?3 AND alertname <> ''"
      " EXCEPT SELECT alertname FROM incident_texts WHERE incident = ?1",
      incident, first, last);
  std::vector<std::string> names;
  while (query.Next()) names.push_back(query.Text(0));
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  return names;
}

}  // namespace

std::string InLowerCase(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return text;
}

Result<void> PutText(Connection& db, const std::string& incident,
                     const std::string& text) {
  return Put(db, incident, "", text);
}

Result<void> PutAlertNames(Connection& db, const std::string& incident,
                           long long first, long long last) {
  const auto names = NewNames(db, incident, first, last);
  if (!names.ok()) return names.error();
  for (const std::string& name : *names) {
    if (auto put = Put(db, incident, name, name); !put.ok()) return put;
  }
  return {};
}

std::string MatchOf(const std::string& text) {
  // The index is one of characters.
  if (FirstChars(text, kShortest - 1).size() == text.size()) return "";
  std::string match = "\"";
  for (const char c : text) match.append(c == '"' ? 2 : 1, c);
  return match + '"';
}

Result<bool> IsRare(Connection& db, const std::string& match) {
  if (match.empty() || !db.HasWordIndex()) return false;
  Statement query = db.Query(
      "SELECT count(*) FROM (SELECT 1 FROM incident_words"
      " WHERE incident_words MATCH ? LIMIT 1001)",
      match);
  const bool rare = query.Next() && query.Integer(0) <= 1000;
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  return rare;
}

}  // namespace selfheal::sql
