#include "adapters/sqlite/incident_search.h"

#include <optional>
#include <vector>

#include "core/text.h"

namespace selfheal::sqlite {
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

/// ASCII alone, as SQLite's lower().
std::string Lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return text;
}

Result<void> Put(Connection& db, const std::string& incident,
                 const std::string& alertname, const std::string& said) {
  const std::string text = Lower(said);
  const auto old = FindText(db, incident, alertname);
  if (!old.ok()) return old.error();
  if (*old && (*old)->text == text) return {};
  Result<long long> done = 0;
  long long row = *old ? (*old)->row : 0;
  if (*old) {
    done = db.Run(
        "INSERT INTO incident_words(incident_words, rowid, text)"
        " VALUES('delete', ?, ?)",
        row, (*old)->text);
    if (done.ok()) {
      done =
          db.Run("UPDATE incident_texts SET text = ? WHERE row = ?", text, row);
    }
  } else {
    done = db.Run(
        "INSERT INTO incident_texts(incident, alertname, text) VALUES(?,?,?)",
        incident, alertname, text);
    row = db.LastRow();
  }
  if (done.ok()) {
    done = db.Run("INSERT INTO incident_words(rowid, text) VALUES(?,?)", row,
                  text);
  }
  if (!done.ok()) return done.error();
  return {};
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
  if (match.empty()) return false;
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

}  // namespace selfheal::sqlite
