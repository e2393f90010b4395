"""The demo: Longdong with seven grids, a clearly fictitious village and a second, smaller tenant; a year made by the same actions.

Everything but the public division codes and names is invented and says 演示数据 on every page.
"""
