#include "sim/kubesim/exposition.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace kubesim {
namespace {

std::string Escape(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\' || c == '"') escaped += '\\';
    if (c == '\n') {
      escaped += "\\n";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string SeriesName(const std::string& name,
                       const Exposition::Labels& labels) {
  std::string series = name + "{";
  for (const auto& [key, value] : labels) {
    if (series.back() != '{') series += ",";
    series += key + "=\"" + Escape(value) + "\"";
  }
  return series + "}";
}

}  // namespace

std::string FormatNumber(double value) {
  if (value == std::floor(value) && std::abs(value) < 1e15) {
    return std::to_string(static_cast<long long>(value));
  }
  char text[40];
  std::snprintf(text, sizeof text, "%.10g", value);
  return text;
}

void Exposition::Add(const std::string& family, const std::string& type,
                     const Labels& labels, double value) {
  Family& entry = families_[family];
  entry.type = type;
  entry.samples.emplace_back(SeriesName(family, labels), value);
}

void Exposition::AddPart(const std::string& family, const std::string& suffix,
                         const Labels& labels, double value) {
  Family& entry = families_[family];
  entry.type = "histogram";
  entry.samples.emplace_back(SeriesName(family + suffix, labels), value);
}

std::string Exposition::Text() const {
  std::string text;
  for (const auto& [name, family] : families_) {
    text += "# HELP " + name + " Simulated.\n";
    text += "# TYPE " + name + " " + family.type + "\n";
    for (const auto& [series, value] : family.samples) {
      text += series + " " + FormatNumber(value) + "\n";
    }
  }
  return text;
}

bool History::Wants(const std::string& family) const {
  return wanted_.empty() || std::any_of(wanted_.begin(), wanted_.end(),
                                        [&](const std::string& each) {
                                          return family.rfind(each, 0) == 0;
                                        });
}

void History::Add(const Exposition& exposition, TimePoint at) {
  for (const auto& [name, family] : exposition.families()) {
    if (!Wants(name)) continue;
    auto& series_of_family = families_[name];
    for (const auto& [series, value] : family.samples) {
      series_of_family[series].emplace_back(UnixSeconds(at), value);
    }
  }
}

void History::Write(std::ostream& out) const {
  for (const auto& [name, all] : families_) {
    for (const auto& [series, points] : all) {
      for (const auto& [time, value] : points) {
        out << series << ' ' << FormatNumber(value) << ' ' << FormatNumber(time)
            << '\n';
      }
    }
  }
  out << "# EOF\n";
}

}  // namespace kubesim
