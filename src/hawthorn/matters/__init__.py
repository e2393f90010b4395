"""The closed loop of a matter: 发现, 呼叫, 响应, 处置, 回音, with assists, approvals and instructions.

Does not own: complaints (requests), vacancies (handovers), sheets from outside (gateways).
"""
