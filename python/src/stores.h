// The stores of desks, as Python holds them.
#ifndef FRONTDESK_PYTHON_SRC_STORES_H_
#define FRONTDESK_PYTHON_SRC_STORES_H_

#include <pybind11/pybind11.h>

#include "frontdesk/store/store.h"
#include "gil.h"
#include "store_opener.h"

namespace frontdesk::python {

using PythonStore = Unforked<store::Store>;

// The contents of a capsule of frontdesk._postgres.
StoreOpener OpenerIn(const pybind11::object& capsule);
RoleMaker RoleMakerIn(const pybind11::object& capsule);

}  // namespace frontdesk::python

#endif  // FRONTDESK_PYTHON_SRC_STORES_H_
