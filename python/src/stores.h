// The stores of desks, as Python holds them.
#ifndef FRONTDESK_PYTHON_SRC_STORES_H_
#define FRONTDESK_PYTHON_SRC_STORES_H_

#include "frontdesk/store/store.h"
#include "gil.h"

namespace frontdesk::python {

using PythonStore = Unforked<store::Store>;

}  // namespace frontdesk::python

#endif  // FRONTDESK_PYTHON_SRC_STORES_H_
