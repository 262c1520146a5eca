#pragma once

#include <memory>

#include "app/app.h"
#include "receiver/api.h"

namespace selfheal {

/// Forwards what the webhook reports to the product.
class AppObserver final : public IntakeObserver {
 public:
  explicit AppObserver(App& app) : app_(app) {}

  void WebhookAnswered(int status) override { app_.WebhookAnswered(status); }
  void PayloadRefused(const Error&) override { app_.PayloadRefused(); }
  void GroupStored(const AlertGroup& group, const StoredGroup& stored,
                   Duration took) override {
    app_.GroupStored(group, stored, took);
  }

 private:
  App& app_;
};

/// The HTTP surface's view of `app`.
///
/// @param app       outlives the result, as does `observer`.
Services ServicesOf(App& app, IntakeObserver& observer, const Config& config);

}  // namespace selfheal
