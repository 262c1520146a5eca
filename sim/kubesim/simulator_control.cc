#include <functional>
#include <sstream>

#include "sim/kubesim/simulator_impl.h"

namespace kubesim {
namespace {

std::vector<std::string> SplitAtCommas(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, ',');) parts.push_back(part);
  return parts;
}

void Answer200(httplib::Response& response, const Json& body) {
  response.status = 200;
  response.set_content(body.dump() + "\n", "application/json");
}

void Refuse(httplib::Response& response, const ApiError& error) {
  response.status = error.code();
  response.set_content(error.ToStatus().dump() + "\n", "application/json");
}

}  // namespace

void Simulator::Impl::ServeControl(const httplib::Request& request,
                                   httplib::Response& response) {
  try {
    if (request.path == "/sim/history") {
      response.set_content(HistoryText(request), "text/plain");
      return;
    }
    Answer200(response, Control(request));
  } catch (const ApiError& error) {
    Refuse(response, error);
  } catch (const std::exception& error) {
    Refuse(response, ApiError(400, "BadRequest", error.what()));
  }
}

std::string Simulator::Impl::HistoryText(const httplib::Request& request) {
  const auto number = [&](const char* name, double fallback) {
    return request.has_param(name) ? std::stod(request.get_param_value(name))
                                   : fallback;
  };
  Exposition::Labels extra;
  for (const char* label : {"job", "instance"}) {
    if (request.has_param(label)) {
      extra.emplace_back(label, request.get_param_value(label));
    }
  }
  const std::vector<std::string> families =
      SplitAtCommas(request.get_param_value("families"));
  std::ostringstream out;
  With([&](World& world) {
    const double now = UnixSeconds(world.now());
    const double to = number("to", now);
    const double from = number("from", to - number("seconds", 3600));
    world.WriteHistory({.from = TimePoint{FromSeconds(from)},
                        .to = TimePoint{FromSeconds(to)},
                        .step = FromSeconds(number("step", 60)),
                        .extra = extra,
                        .families = families},
                       out);
  });
  return out.str();
}

Json Simulator::Impl::LogJson() {
  Json entries = Json::array();
  WithLog([&](RequestLog& log, Faults&) {
    for (const LoggedRequest& entry : log) entries.push_back(ToJson(entry));
  });
  return {{"items", entries}};
}

Json Simulator::Impl::InjectJson(const Json& body) {
  const std::string workload = body.value("namespace", "default") + "/" +
                               body.value("kind", "Deployment") + "/" +
                               body.value("name", "");
  return With([&](World& world) {
    if (body.contains("node")) {
      return Json{{"pods", world.kubelet().InjectNode(
                               body.value("node", ""),
                               body.value("settings", Json::object()))}};
    }
    return Json{
        {"pods", world.kubelet().Inject(
                     workload, body.value("settings", Json::object()),
                     body.value("persist", false), body.value("pods", -1))}};
  });
}

Json Simulator::Impl::TimeJson(double advance) {
  return With([&](World& world) {
    world.AdvanceTo(world.now() + FromSeconds(advance));
    return Json{{"now", FormatTime(world.now())},
                {"unix", UnixSeconds(world.now())}};
  });
}

Json Simulator::Impl::Control(const httplib::Request& request) {
  using Action = std::function<Json(const Json&)>;
  Json done = {{"ok", true}};
  const std::map<std::string, Action> actions = {
      {"GET /sim/log", [&](const Json&) { return LogJson(); }},
      {"GET /sim/time", [&](const Json&) { return TimeJson(0); }},
      {"DELETE /sim/log",
       [&](const Json&) {
         WithLog([](RequestLog& log, Faults&) { log.clear(); });
         return done;
       }},
      {"DELETE /sim/faults",
       [&](const Json&) {
         WithLog([](RequestLog&, Faults& faults) { faults.Clear(); });
         return done;
       }},
      {"POST /sim/faults",
       [&](const Json& body) {
         const Fault fault = FaultFromJson(body);
         WithLog([&](RequestLog&, Faults& faults) { faults.Add(fault); });
         return done;
       }},
      {"POST /sim/inject", [&](const Json& body) { return InjectJson(body); }},
      {"POST /sim/node",
       [&](const Json& body) {
         With([&](World& world) {
           world.SetNodeCondition(body.value("name", ""),
                                  body.value("condition", "Ready"),
                                  body.value("status", "Unknown"));
         });
         return done;
       }},
      {"POST /sim/advance",
       [&](const Json& body) { return TimeJson(body.value("seconds", 1.0)); }},
      {"POST /sim/apply",
       [&](const Json& body) {
         With([&](World& world) { world.Apply(body); });
         return done;
       }},
      {"POST /sim/deny", [&](const Json& body) {
         With([&](World& world) { world.api().Deny(body.value("what", "")); });
         return done;
       }}};
  const auto found = actions.find(request.method + " " + request.path);
  if (found == actions.end()) {
    throw ApiError(404, "NotFound",
                   "no control " + request.method + " " + request.path);
  }
  const bool has_body = request.method == "POST";
  return found->second(has_body ? ParseBody(request.body, "control request")
                                : Json::object());
}

}  // namespace kubesim
