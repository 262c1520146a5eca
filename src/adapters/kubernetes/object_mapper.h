#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/cluster.h"
#include "core/object.h"
#include "core/result.h"

namespace selfheal::kubernetes {

/// Maps one object of `kind` to its typed form.
///
/// @error kInternal  another kind, a missing name, uid or resourceVersion, or
///        a field of a wrong type: nothing is decided on half an object.
Result<ClusterObject> MapObject(const nlohmann::json& object, ObjectKind kind);

/// Parses and maps the body of a GET of one object.
Result<ClusterObject> ParseObject(std::string_view body, ObjectKind kind);

/// The `kind` that a whole JSON object names; "" where the body is none.
std::string KindOfBody(std::string_view body);

/// One page of a list.
struct ObjectPage {
  std::vector<ClusterObject> items;
  std::string continue_token;  ///< Empty: this was the last page.
};

/// Parses and maps one page; memory is that of one item, not of the page.
Result<ObjectPage> ParsePage(std::string_view body, ObjectKind kind);

}  // namespace selfheal::kubernetes
